import { existsSync } from "node:fs";

import { defineConfig, devices } from "@playwright/test";

import type { KosapoOptions } from "./support/test.ts";

const root = process.getuid?.() === 0;
// The same engine; without the window that nobody sees each test takes half the time.
const browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

export default defineConfig<KosapoOptions>({
  testDir: "tests",
  outputDir: "test-results",
  reporter: [["list"]],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // More workers than cores only make each of them slower.
  workers: 2,
  use: {
    actionTimeout: 15_000,
    locale: "ja-JP",
    // Not Tokyo: what a page says must not depend on where the browser is.
    timezoneId: "America/New_York",
    serviceWorkers: "block",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: browsers.find(existsSync),
      args: [
        ...(root ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  // A test tagged `@once` asks what the server sends, which is the same for every browser.
  projects: [
    // The use cases are tested on both databases; from a browser PostgreSQL is walked once, as the phone.
    { name: "hydrated", testIgnore: /-postgres\.spec\.ts$/, use: { ...desktop() } },
    // `*.hydrate.spec.ts` needs script by its nature, everything else must work without.
    {
      name: "scriptless",
      grepInvert: /@once/,
      testIgnore: [/\.hydrate\.spec\.ts$/, /-postgres\.spec\.ts$/],
      use: { ...desktop(), javaScriptEnabled: false },
    },
    // `tables` sets every size itself.
    { name: "phone", grepInvert: /@once/, testIgnore: /tables\.hydrate\.spec\.ts$/, use: { ...devices["Pixel 7"] } },
  ],
});

function desktop() {
  return { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 900 } };
}
