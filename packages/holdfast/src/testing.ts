// Time, and hosts that live in it.

export { createTestHost, type TestHost, type TestHostOptions } from "./testing/test-host.ts";
export { type VirtualClock, type VirtualClockOptions, virtualClock } from "./testing/virtual-clock.ts";

// Crashes and failing storages.

export {
  type CrashDriver,
  type CrashDriverOptions,
  crashDriver,
  type Fault,
  type PlannedFault,
  type StorageOperation,
} from "./testing/crash-driver.ts";
export { type CrashOptions, type CrashReport, crashEverywhere } from "./testing/crash-everywhere.ts";
export type { CrashProgram } from "./testing/crash-program.ts";
export { CrashTestError } from "./testing/crash-test-error.ts";
export type { ScriptedMessage } from "./testing/simulated-run.ts";

// Recorded histories against today's code.

export { type ReplayOptions, type ReplayReport, replay } from "./testing/replay.ts";

// Conformance suites of the ports, for drivers of your own.

export type { ConformanceCase } from "./testing/conformance/conformance-case.ts";
export type { DriverContext, DriverSubject } from "./testing/conformance/driver-context.ts";
export type { DriverSettings } from "./testing/conformance/driver-settings.ts";
export { ConformanceError } from "./testing/conformance/expectations.ts";
export { CONFORMANCE_REQUIREMENTS, type Requirement } from "./testing/conformance/requirements.ts";
export { kvDamage, type StorageDamage } from "./testing/conformance/storage-damage.ts";
export type { StorageFaults } from "./testing/conformance/storage-faults.ts";
export type { StoreContext, StoreSettings, StoreSubject } from "./testing/conformance/store-context.ts";
export { driverConformance, storeConformance } from "./testing/conformance/suites.ts";
