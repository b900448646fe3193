// The day itself: 活動開始 and 活動終了 by the provider and by the branch for her, and whom the branch is to call.
// Every button is pressed twice, on an old page, and by the wrong person.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// The newsletter's case, five minutes before it begins.
const CASE = "CDK0036630";
test.use({ city: "day", demoArgs: ["--now", "2024-03-30T11:25:00+09:00"], expectedFaults: [/404/] });

const START = "活動開始を記録する";
const END = "活動終了を記録する";

async function press(page: Page, button: string) {
  await page.locator("main").getByRole("button", { name: button }).click();
  await page.waitForLoadState();
}

test("an activity begins and ends once, and all sides see when", async ({ page, context, visit, ready, accessible }) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  const desk = page;
  const old = await context.newPage();
  await old.goto(`/desk/requests/${CASE}`);

  // Of a time that has not come nothing is recorded, and it stays in the field.
  await visit(`/desk/requests/${CASE}`);
  await desk.locator("[name=start]").fill("11:59");
  await people.press(START);
  await expect(desk.locator("#faults")).toContainText("今より前の日時にしてください");
  await expect(desk.locator("[name=start]")).toHaveValue("11:59");
  await desk.locator("[name=start]").fill("11:20");
  await accessible();
  await people.press(START);
  await expect(desk.locator("main")).toContainText("11:20");
  await expect(desk.locator("main").getByRole("button", { name: START })).toHaveCount(0);

  // The same person's other window has it done; it is not done twice.
  await old.locator("[name=start]").fill("11:22");
  await press(old, START);
  await expect(old.locator("main")).toContainText("11:20");
  await expect(old.locator("#faults")).toHaveCount(0);

  // Her own page, opened now and pressed after the branch has recorded the end.
  await people.are("teikyo");
  await visit(`/coordination/${CASE}`);
  const late = await context.newPage();
  await late.goto(`/coordination/${CASE}`);
  await page.locator("[name=end]").fill("11:10");
  await people.press(END);
  await expect(page.locator("#faults")).toContainText("終了時刻は、開始時刻より後にしてください");
  await page.locator("[name=end]").fill("");
  await accessible();
  await people.press(END);
  await expect(page.locator("main")).toContainText("活動終了");
  await expect(page.locator("main").getByRole("button", { name: END })).toHaveCount(0);
  await press(late, END);
  await expect(late.locator("#faults")).toHaveCount(0);
  await late.close();
  await old.close();

  // The family reads of both and has no button.
  await people.are("hanako");
  await visit(`/requests/${CASE}`);
  await expect(page.locator("main")).toContainText("活動終了");
  await expect(page.locator("main").getByRole("button", { name: /活動(開始|終了)/ })).toHaveCount(0);
  await visit("/inbox");
  await expect(page.locator("main")).toContainText("援助活動が始まりました");
  await expect(page.locator("main")).toContainText("援助活動が終わりました");
});

test("a call to make is listed from its day on until it was made", async ({ page, context, visit, ready, accessible }) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/requests/CDK0036570");
  await page.locator("[name=call_on]").fill("3/1/x");
  await people.press("メモを残す");
  await expect(page.locator("#faults a")).toHaveCount(2);
  await expect(page.locator("[name=call_on]")).toHaveValue("3/1/x");
  await page.locator("[name=note]").fill("18時以降に折り返す");
  await page.locator("[name=call_on]").fill("2024-03-30");
  await people.press("メモを残す");
  await visit("/desk/notes");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("要連絡 1件");
  await accessible();
  const other = await context.newPage();
  await other.goto("/desk/notes");
  await people.press("連絡した");
  await expect(page.locator("main")).toContainText("要連絡のメモはありません");
  await press(other, "連絡した");
  await expect(other.locator("#faults")).toHaveCount(0);
  await other.close();

  // On a member too; another ward sees none of it.
  await visit("/desk/members/MEM0040989");
  await page.locator("[name=note]").fill("講習の返事を聞く");
  await page.locator("[name=call_on]").fill("3月30日");
  await people.press("メモを残す");
  await expect(page.locator("main")).toContainText("要連絡 2024-03-30");
  await people.are("aoba");
  await visit("/desk/notes");
  await expect(page.locator("main")).toContainText("要連絡のメモはありません");
});
