import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { bundle } from "../bundle.ts";
import type { CaseReport } from "../smoke/run-case.ts";
import type { Runtime } from "./runtime.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

interface SmokePage {
  readonly runSmokeCases: () => Promise<CaseReport[]>;
}

/** A browser: headless Chromium, where the machine has one. */
export const chromiumRuntime: Runtime = {
  name: "chromium",
  async run() {
    const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
    if (executablePath === undefined) {
      return `no Chromium at ${PLACES.join(", ")}; install one (apt install chromium) or set CHROMIUM to its path`;
    }
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ path: await bundle("entries/browser.ts"), type: "module" });
      await page.waitForFunction(() => "runSmokeCases" in globalThis);
      const reports = await page.evaluate(() => (globalThis as unknown as SmokePage).runSmokeCases());
      return { version: browser.version(), reports };
    } finally {
      await browser.close();
    }
  },
};
