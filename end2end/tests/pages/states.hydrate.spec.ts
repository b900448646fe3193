// A-A11Y-1 and A-FORM-1 beyond the normal state: every form that a person can reach sent empty, lists without a row,
// pages that are not there.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";
import { kindOf, sent } from "../../support/walk.ts";

// What an empty form may do all the same, such as a draft, other specs must not find.
test.use({ city: "states", expectedFaults: [/status of 404/] });
// The longest walks: each on whichever worker is free.
test.describe.configure({ mode: "parallel" });

/** Where forms are sent that must come back with something to fix; more may. */
const DUE: Record<string, string[]> = {
  "": ["/api/sessions"],
  hanako: ["/api/requests", "/api/revision-requests", "/api/cancellations"],
  teikyo: ["/api/reports", "/api/returns", "/api/voidings"],
  ryoho: ["/api/requests", "/api/reports", "/api/returns"],
  midori: ["/api/notes", "/api/endings", "/api/members", "/api/member-contacts", "/api/children", "/api/trainings"],
  honbu: ["/api/sheet-readings"],
};

for (const [user, due] of Object.entries(DUE)) {
  test(`every form of ${user || "nobody"} sent empty says what to fix`, async ({ page, visit, ready, accessible }) => {
    test.setTimeout(300_000);
    const people = new People(page, visit, ready);
    if (user) {
      await people.are(user);
    }
    const seen = new Set<string>();
    const done = new Set<string>();
    const fixed = new Set<string>();
    const faults: string[] = [];
    const waiting = [user ? "/" : "/login"];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      // Two pages of a kind, for the steps on them differ with the state.
      const kind = kindOf(path);
      if (seen.has(path) || [...seen].filter((one) => kindOf(one) === kind).length >= 3) {
        continue;
      }
      seen.add(path);
      const { links, forms, island } = await sent(page, path);
      waiting.push(...links);
      if (island) {
        // How it wakes depends on the state.
        await visit(path);
      }
      // Searching and signing out ask for nothing.
      for (const { action } of forms.filter((form) => form.posts && form.typed)) {
        if (done.has(action)) {
          continue;
        }
        done.add(action);
        await visit(path);
        await sendEmpty(page, action);
        await ready();
        if (!(await page.title()).startsWith("エラー：")) {
          continue;
        }
        fixed.add(action);
        faults.push(...(await summary(page)).map((fault) => `${action} on ${path}: ${fault}`));
        await accessible().catch((fault: Error) => faults.push(`${action} on ${path}: ${fault.message}`));
      }
    }
    expect(faults).toEqual([]);
    expect([...fixed]).toEqual(expect.arrayContaining(due));
  });
}

test("lists without a row and pages that are not there are as accessible", async ({ page, visit, ready, accessible }) => {
  const people = new People(page, visit, ready);
  for (const [user, path] of [
    ["riyo2", "/coupons"],
    ["teikyo2", "/offers"],
    ["teikyo2", "/reports/EKH3000561"],
    ["aoba", "/desk/requests/CDK0036630"],
    ["honbu", "/claims?month=2020-01"],
  ] as const) {
    await people.are(user);
    await visit(path);
    await accessible();
  }
});

/** Empties the first form of that address that asks for something and sends it by its own button. */
async function sendEmpty(page: Page, action: string) {
  const asked = page.locator("input:not([type=hidden]), textarea, select");
  const form = page.locator(`main form[action="${action}"]`).filter({ has: asked }).first();
  await form.evaluate((form) => {
    form.closest("details")?.setAttribute("open", "");
    for (const field of form.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), textarea")) {
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = false;
      } else {
        field.value = "";
      }
    }
    for (const field of form.querySelectorAll<HTMLSelectElement>("select")) {
      field.selectedIndex = 0;
    }
  });
  for (const main of [".kp-button[value=check]", ".kp-button--primary", "button:not([aria-hidden])"]) {
    if ((await form.locator(main).count()) > 0) {
      await form.locator(main).last().click();
      break;
    }
  }
  await page.waitForLoadState("domcontentloaded");
}

/** The summary has the focus, and each of its links a field that can have it. */
async function summary(page: Page): Promise<string[]> {
  const box = page.locator("main #faults");
  // A browser gives `autofocus` its due when it draws the page, which may be after the islands woke.
  const focused = await expect(box).toBeFocused().then(
    () => [],
    () => ["the summary has not the focus"],
  );
  const links = await page.evaluate(() => {
    const faults: string[] = [];
    for (const link of document.querySelectorAll<HTMLAnchorElement>("main #faults a[href^='#']")) {
      const target = document.getElementById(link.hash.slice(1));
      target?.focus();
      if (!target || document.activeElement !== target) {
        faults.push(`「${link.innerText}」 leads to nothing that can be fixed`);
      }
    }
    return faults;
  });
  return [...focused, ...links];
}
