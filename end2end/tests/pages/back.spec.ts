// The browser's Back brings back what was typed: after a link, a check page and a failed send, with and without script.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// Forms are sent that other specs must not find.
test.use({ city: "back" });

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

