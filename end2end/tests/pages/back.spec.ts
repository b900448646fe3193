// The browser's Back brings back what was typed: after a link, a check page and a failed send, with and without script.
import { fillLogin, fillRequest, People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// Forms are sent that other specs must not find.
test.use({ city: "back" });

test("a request comes back after a link, after its check page and after a failed send", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  page.on("dialog", (dialog) => dialog.accept());
  const holds = async () => {
    await ready();
    for (const [name, value] of Object.entries({ date: "2024-04-27", start: "10:00", end: "12:00" })) {
      await expect(page.locator(`[name=${name}]`)).toHaveValue(value);
    }
    await expect(page.locator("main [name='children[]']").first()).toBeChecked();
    await expect(page.locator("[name=care_kind]").first()).toBeChecked();
  };
  const check = page.locator("main").getByRole("button", { name: "入力内容を確認する" });
  await visit("/requests/new");
  await fillRequest(page, "2024-04-27", "10:00", "12:00");
  await page.getByRole("link", { name: "しくみと流れ" }).first().evaluate((link: HTMLElement) => link.click());
  await expect(page).toHaveURL(/\/guide$/);
  await page.goBack();
  await holds();
  await check.click();
  await expect(page).toHaveURL(/\/requests\/check/);
  await page.goBack();
  await holds();
  await page.locator("[name=end]").fill("9:99");
  await check.click();
  await expect(page.locator("main #faults")).toBeVisible();
  await page.goBack();
  await ready();
  await expect(page.locator("[name=date]")).toHaveValue("2024-04-27");
  await expect(page.locator("[name=end]")).toHaveValue("9:99");
});

test("a report's changed end and meal are not the stored ones after its check page", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("teikyo");
  await visit("/reports/EKH3000561/edit");
  await page.locator("[name=end]").fill("14:30");
  await page.locator("[name=meal]").fill("700");
  await people.press("入力内容を確認する");
  await expect(page).toHaveURL(/\/reports\/check/);
  await page.goBack();
  await ready();
  await expect(page.locator("[name=end]")).toHaveValue("14:30");
  await expect(page.locator("[name=meal]")).toHaveValue("700");
});

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
  for (const [name, value] of Object.entries(typed)) {
    await expect(page.locator(`[name=${name}]`)).toHaveValue(value);
  }
  await expect(page.locator("[name=kind]").first()).toBeChecked();
});

test("what one person typed comes back to nobody else", async ({ page, context, visit, ready, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, "without script the browser alone decides what it brings back");
  await new People(page, visit, ready).are("hanako");
  page.on("dialog", (dialog) => dialog.accept());
  await visit("/requests/new");
  await page.locator("[name=place_detail]").fill("花子の実家");
  await page.locator("[name=notes]").fill("花子のこと");
  await visit("/guide");
  const other = await context.newPage();
  await other.goto("/login");
  await context.clearCookies();
  await fillLogin(other, "riyo2");
  await other.locator("main").getByRole("button", { name: "ログイン" }).click();
  await expect(other).toHaveURL(/\/$/);
  await page.goBack();
  await ready();
  await expect(page.locator("[name=place_detail]")).toHaveValue("");
  await expect(page.locator("[name=notes]")).toHaveValue("");
});
