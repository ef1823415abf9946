import { setup } from "rivetkit";
import { mailbox, pipeline, sleeper, undone } from "./actors.ts";

export const registry = setup({ use: { mailbox, pipeline, sleeper, undone } });

registry.start();
