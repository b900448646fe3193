// The calendar beside a date field: what each day is and why it cannot be chosen, by keyboard and by hand.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

const button = (page: Page, field: string) => page.getByRole("button", { name: new RegExp(`^${field}の ?カレンダー$`) });
const cell = (page: Page, day: string) => page.locator(`dialog td[data-day="${day}"]`);

test.beforeEach(async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  await visit("/requests/new");
});

test("a day is chosen by keyboard, and a day out of bounds says why", async ({
  page,
  accessible,
}) => {
  const field = page.locator("#date");
  await button(page, "預けたい日").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "預けたい日を選ぶ" });
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText("画面から登録できるのは、4月6日（土）以降の日です。");
  await expect(cell(page, "2024-04-06"), "the first day that the form takes").toBeFocused();
  await accessible();

  await page.keyboard.press("ArrowLeft");
  await expect(cell(page, "2024-04-05")).toBeFocused();
  await expect(cell(page, "2024-04-05")).toHaveAttribute("aria-disabled", "true");
  await expect(cell(page, "2024-04-05")).toHaveAttribute("aria-label", "4月5日（金） 近い日は、お電話で受け付けます。");
  await page.keyboard.press("Enter");
  await expect(dialog, "it is not chosen").toBeVisible();
  await expect(field).toHaveValue("");

  await page.keyboard.press("End");
  await expect(cell(page, "2024-04-06")).toBeFocused();
  await page.keyboard.press("Home");
  await expect(cell(page, "2024-03-31")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(cell(page, "2024-04-14")).toHaveAttribute("aria-label", "4月14日（日） 緑区支部は休み");
  await page.keyboard.press("PageDown");
  await expect(cell(page, "2024-05-14")).toBeFocused();
  await page.keyboard.press("PageUp");
  await page.keyboard.press("Shift+PageDown");
  await expect(cell(page, "2025-04-14")).toHaveAttribute("aria-label", /依頼は12か月先までできます。$/);
  await page.keyboard.press("Shift+PageUp");
  await expect(cell(page, "2024-04-14")).toBeFocused();

  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button(page, "預けたい日"), "where one came from").toBeFocused();
  await expect(field).toHaveValue("");

  await page.keyboard.press("Enter");
  await expect(cell(page, "2024-04-06")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(field).toHaveValue("2024-04-06");
  await expect(page.locator("main"), "the live hint follows").toContainText("4月6日（土）は、画面から登録できます。");
  await expect(button(page, "預けたい日")).toBeFocused();
});

test("a holiday and a day off are chosen by hand all the same", async ({ page }) => {
  const field = page.locator("#date");
  // What is chosen already is where the calendar opens.
  await field.fill("2024-04-30");
  await button(page, "預けたい日").click();
  await expect(cell(page, "2024-04-30")).toBeFocused();
  await expect(cell(page, "2024-04-30")).toHaveAttribute("aria-selected", "true");
  const holiday = cell(page, "2024-04-29");
  await expect(holiday).toHaveAttribute("aria-label", "4月29日（月） 昭和の日 緑区支部は休み");
  await expect(holiday).toHaveAttribute("data-mark", "祝休");
  await holiday.click();
  await expect(field).toHaveValue("2024-04-29");
});

test("the calendar fits a narrow phone with targets of 44 px", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await button(page, "預けたい日").click();
  const box = await cell(page, "2024-04-06").boundingBox();
  expect(box!.width).toBeGreaterThanOrEqual(43.5);
  expect(box!.height).toBeGreaterThanOrEqual(43.5);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(320);
  await page.getByRole("button", { name: "閉じる" }).click();
  await expect(button(page, "預けたい日")).toBeFocused();
});

test("without an answer of the server the field says so and stays", async ({ page }) => {
  await page.route("**/days*", (route) => route.fulfill({ status: 204 }));
  await button(page, "預けたい日").click();
  await expect(page.getByText("カレンダーを開けませんでした。日付を入力してください。")).toBeVisible();
  await expect(page.getByLabel("預けたい日")).toBeVisible();
});
