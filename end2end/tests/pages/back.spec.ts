// The browser's Back brings back what was typed: after a link, a check page and a failed send, with and without script;
// to whoever typed it, and to nobody who signs in after.
import type { Page } from "@playwright/test";

import { fillLogin, fillRequest, People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// Forms are sent that other specs must not find.
test.use({ city: "back" });

/** What the fields hold. */
async function holds(page: Page, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) {
    await expect(page.locator(`main [name=${name}]`), name).toHaveValue(value);
  }
}

test("every field of a new member comes back", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/members/new");
  const typed = { family_name: "戸塚", given_name: "桃子", family_kana: "トツカ", town: "霧が丘", telephone: "045-000-1111" };
  for (const [name, value] of Object.entries(typed)) {
    await page.locator(`[name=${name}]`).fill(value);
  }
  await page.locator("[name=kind]").first().check();
  await page.locator("main").getByRole("button", { name: "入力した内容を確かめる" }).last().click();
  await expect(page.locator("main #faults")).toBeVisible();
  await page.goBack();
  await ready();
  await holds(page, typed);
  await expect(page.locator("[name=kind]").first()).toBeChecked();
});

test("a report that was changed comes back after its check page and after a link", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("teikyo");
  await visit("/reports/EKH3000561/edit");
  await page.locator("[name=end]").fill("14:30");
  await page.locator("[name=meal]").fill("700");
  await people.press("入力内容を確認する");
  await page.goBack();
  await ready();
  await holds(page, { end: "14:30", meal: "700" });
  await page.locator("[name=end]").fill("15:10");
  await visit("/guide");
  await page.goBack();
  await ready();
  await holds(page, { end: "15:10", meal: "700" });
});

test("a request comes back after its check page, a failed send and a link", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/requests/new");
  const typed = { date: "2024-04-20", start: "10:00", end: "12:00", notes: "メモ" };
  await fillRequest(page, typed.date, typed.start, typed.end);
  await page.locator("[name=notes]").fill(typed.notes);
  await people.press("入力内容を確認する");
  await page.goBack();
  await ready();
  await holds(page, typed);
  await expect(page.locator("[name=care_kind]").first()).toBeChecked();
  await page.locator("[name=end]").fill("09:00");
  await people.press("入力内容を確認する");
  await expect(page.locator("main #faults")).toBeVisible();
  await page.goBack();
  await ready();
  await holds(page, { ...typed, end: "09:00" });
  await visit("/guide");
  await page.goBack();
  await ready();
  await holds(page, { ...typed, end: "09:00" });
});

test("whoever signs in next in the same tab finds nothing of it by going back", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/requests/new");
  const before = await page.locator("[name=date]").inputValue();
  await page.locator("[name=date]").fill("4/20");
  await page.locator("[name=notes]").fill("ひみつ");
  await visit("/guide");
  await page.locator("summary").filter({ hasText: "メニュー" }).first().click();
  await page.getByRole("button", { name: "ログアウト" }).first().click();
  await page.waitForURL(/\/login/);
  await ready();
  await fillLogin(page, "riyo2");
  await people.press("ログイン", true);
  for (let step = 0; step < 6 && !page.url().endsWith("/requests/new"); step++) {
    await page.goBack();
    await ready();
  }
  expect(page.url()).toMatch(/\/requests\/new$/);
  await holds(page, { notes: "", date: before });
});
