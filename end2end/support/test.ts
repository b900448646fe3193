// `test` for every spec: a server per city, and a failure for whatever the browser complains about.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { test as base, expect, type Page } from "@playwright/test";
import type axe from "axe-core";

import { startGallery } from "./gallery.ts";
import { Cities, type Database, SHARED } from "./kosapo.ts";

export { expect };

/** axe as a page runs it. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export interface KosapoOptions {
  /** The database of the city's server. */
  database: Database;
  /**
   * A spec that moves the clock or needs the city untouched names a city of its own: `test.use({ city: "close" })`.
   * `none` starts no server at all.
   */
  city: string;
  /** More arguments for `kosapo demo`. */
  demoArgs: string[];
}

interface TestFixtures extends KosapoOptions {
  /** The address of the city's server. */
  kosapo: string;
  /** Complaints that a test expects, such as the 404 of a page that it asks for on purpose. */
  expectedFaults: RegExp[];
  /** Opens a path and waits until it is ready for a person. */
  visit: (path: string) => Promise<void>;
  /** Waits until the page at hand is ready: hydrated, where there is script. */
  ready: () => Promise<void>;
  /** Finds no violation of WCAG 2.2 A and AA. */
  accessible: () => Promise<void>;
}

interface WorkerFixtures {
  /** The servers of this worker. */
  cities: Cities;
  /** The address of the component gallery. */
  gallery: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  database: ["sqlite", { option: true }],
  city: [SHARED, { option: true }],
  demoArgs: [[], { option: true }],
  // Another city is another server, in the same worker and browser: starting those again would take longer.
  cities: [
    async ({}, use) => {
      const cities = new Cities();
      await use(cities);
      await cities.stop();
    },
    { scope: "worker" },
  ],
  kosapo: [
    async ({ cities, city, database, demoArgs }, use) => {
      await use(city === "none" ? "" : await cities.at(city, database, demoArgs));
    },
    { timeout: 60_000 },
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
      // Only what is wrong is asked for, and in this document alone: there are no frames.
      const options: axe.RunOptions = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: false };
      if (!(await page.evaluate(() => "axe" in window))) {
        await page.evaluate(AXE);
      }
      const found = await page.evaluate(async (options) => {
        const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(options);
        return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ")}`);
      }, options);
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
