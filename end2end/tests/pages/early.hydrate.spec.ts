// On a bad line a form is filled in before its script has come: what it calculates then is what it sends.
import { type Page } from "@playwright/test";

import { fillRequest, People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

/** Opens a path, lets a person act before the wasm has come, and then lets it come. */
async function early(page: Page, path: string, act: () => Promise<void>) {
  let come = () => {};
  const coming = new Promise<void>((resolve) => (come = resolve));
  await page.route("**/pkg/*.wasm", async (route) => {
    await coming;
    await route.continue();
  });
  await page.goto(path);
  await act();
  await expect(page.locator("body[data-hydrated]")).toHaveCount(0);
  come();
  await page.locator("body[data-hydrated]").waitFor({ state: "attached" });
}

/** The lines of the sum on the page. */
function sum(page: Page): Promise<string> {
  return page.locator(".kp-sum").innerText();
}

test("a ticket laid back before the script came is not counted", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("riyo2");
  const tickets = page.locator("#approval select");
  await early(page, "/reports/EKH3000560", async () => {
    await expect(page.locator("#approval .kp-sum")).toContainText("おためし券");
    await tickets.selectOption("0");
  });
  await expect(tickets).toHaveValue("0");
  await expect(page.locator("#approval .kp-sum")).not.toContainText("おためし券");
  const shown = await sum(page);
  await tickets.selectOption("1");
  await tickets.selectOption("0");
  expect(await sum(page), "as chosen with script").toBe(shown);
});

test("a child taken out before the script came is not in the report's sum", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("teikyo");
  const child = page.locator("[name=children]").first();
  const lines = page.locator(".kp-sum tr");
  await early(page, "/reports/EKH3000561/edit", async () => {
    expect(await lines.count()).toBeGreaterThan(0);
    await child.uncheck();
  });
  await expect(child).not.toBeChecked();
  await expect(lines).toHaveCount(0);
  await child.check();
  await expect(lines).not.toHaveCount(0);
});

test("a child ticked before the script came is in the request's 利用料のめやす", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  await early(page, "/requests/new", async () => {
    await fillRequest(page, "2024-04-27", "10:00", "12:00");
  });
  await expect(page.locator("main")).toContainText("利用料のめやす");
});

test("a choice and a tick made before the script came are in the calculator's answer", async ({
  page,
  visit,
  ready,
}) => {
  await new People(page, visit, ready).are("hanako");
  const answer = page.locator(".kp-sum");
  await early(page, "/fee?date=2024-03-30&start=11:30&end=10:30&children=1", async () => {
    await page.locator("[name=children]").selectOption("2");
    await page.locator("[name=next_day]").check();
  });
  await expect(answer).toContainText("2人目");
});
