// `test` for every spec: a server per worker, and a failure for whatever the browser complains about.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

import { startGallery } from "./gallery.ts";
import { type Database, startKosapo } from "./kosapo.ts";

export { expect };

export interface KosapoOptions {
  /** The database of the worker's server. */
  database: Database;
  /**
   * A spec that moves the clock or needs the city untouched names a city of its own: `test.use({ city: "close" })`.
   * `none` starts no server at all.
   */
  city: string;
  /** More arguments for `kosapo demo`. */
  demoArgs: string[];
}

interface TestFixtures {
  /** Complaints that a test expects, such as the 404 of a page that it asks for on purpose. */
  expectedFaults: RegExp[];
  /** Opens a path and waits until it is ready for a person. */
  visit: (path: string) => Promise<void>;
  /** Waits until the page at hand is ready: hydrated, where there is script. */
  ready: () => Promise<void>;
  /** Finds no violation of WCAG 2.2 A and AA. */
  accessible: () => Promise<void>;
}

interface WorkerFixtures extends KosapoOptions {
  /** The address of this worker's server. */
  kosapo: string;
  /** The address of the component gallery. */
  gallery: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  database: ["sqlite", { option: true, scope: "worker" }],
  city: ["shared", { option: true, scope: "worker" }],
  demoArgs: [[], { option: true, scope: "worker" }],
  kosapo: [
    // Another `city` means another worker, and with it another server.
    async ({ database, demoArgs, city }, use) => {
      if (city === "none") {
        await use("");
        return;
      }
      const kosapo = await startKosapo(database, demoArgs);
      await use(kosapo.url);
      await kosapo.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  gallery: [
    async ({}, use) => {
      const gallery = await startGallery();
      await use(gallery.url);
      await gallery.stop();
    },
    { scope: "worker" },
  ],
  expectedFaults: [[], { option: true }],
  baseURL: async ({ kosapo }, use) => use(kosapo || undefined),
  context: async ({ context, expectedFaults }, use) => {
    const faults: string[] = [];
    const note = (fault: string) => {
      if (!expectedFaults.some((expected) => expected.test(fault))) {
        faults.push(fault);
      }
    };
    context.on("console", (message) => message.type() === "error" && note(`console: ${message.text()}`));
    context.on("weberror", (error) => note(`script: ${error.error()}`));
    context.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1") {
        note(`another origin: ${request.url()}`);
      }
    });
    context.on("response", (response) => response.status() >= 500 && note(`${response.status()}: ${response.url()}`));
    await use(context);
    expect(faults, "the browser has nothing to complain about").toEqual([]);
  },
  ready: async ({ page, javaScriptEnabled }, use) => {
    await use(() => ready(page, javaScriptEnabled));
  },
  visit: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await ready(page, javaScriptEnabled);
    });
  },
  accessible: async ({ page, javaScriptEnabled }, use) => {
    await use(async () => {
      // axe is a script itself, and without script the document is the same one.
      if (javaScriptEnabled === false) {
        return;
      }
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
      // Only what is wrong is asked for, and in this page alone: there are no frames, and a second page for each question
      // takes longer than the question.
      const options = { runOnly: { type: "tag" as const, values: tags }, resultTypes: ["violations" as const] };
      const { violations } = await new AxeBuilder({ page }).options(options).setLegacyMode(true).analyze();
      const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ")}`);
      expect(found, "axe").toEqual([]);
    });
  },
});

async function ready(page: Page, javaScriptEnabled: boolean | undefined) {
  if (javaScriptEnabled === false) {
    await page.waitForLoadState("domcontentloaded");
  } else {
    await page.locator("body[data-hydrated]").waitFor({ state: "attached", timeout: 20_000 });
  }
}
