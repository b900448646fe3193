// An island that cannot wake says so, and no sum stays beside times that it does not belong to.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

/** What a browser's translation does: every word moves into an element of its own. */
function translate(page: Page): Promise<void> {
  return page.evaluate(() => {
    const words = document.createTreeWalker(document.querySelector("main")!, NodeFilter.SHOW_TEXT);
    const nodes: Text[] = [];
    while (words.nextNode()) {
      nodes.push(words.currentNode as Text);
    }
    for (const node of nodes.filter((node) => node.data.trim())) {
      const font = document.createElement("font");
      node.replaceWith(font);
      font.append(node.data);
    }
  });
}

/** The page works as without script. */
async function sleeps(page: Page) {
  await expect(page.getByText("この画面では自動で計算されません")).toBeVisible();
  await page.locator("[name=end]").fill("13:00");
  await expect(page.locator(".kp-sum")).toBeHidden();
  await page.getByRole("button", { name: "計算する" }).click();
  await expect(page.locator("[name=end]")).toHaveValue("13:00");
  await expect(page.locator(".kp-sum")).toContainText("円");
}

test("a page that is translated before its script comes", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  await page.route(
    "**/pkg/islands.*.js",
    async (route) => {
      // The page is there before its script.
      await page.locator("footer").waitFor({ state: "attached" });
      await translate(page);
      await route.continue();
    },
    { times: 1 },
  );
  await visit("/fee");
  await sleeps(page);
});

test("a page that is translated when it is awake", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  await visit("/fee");
  await translate(page);
  await sleeps(page);
});

test("a browser without WebAssembly", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  await page.addInitScript("delete globalThis.WebAssembly");
  await visit("/fee");
  await sleeps(page);
});
