// Beside a date field: without script there is nothing, and the field takes every way of writing a day.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

test("without script there is the field alone, and with it no more is loaded before the calendar is asked for", async ({
  page,
  visit,
  ready,
  javaScriptEnabled,
}) => {
  await new People(page, visit, ready).are("hanako");
  await visit("/requests/new");
  await expect(page.getByLabel("預けたい日")).toBeVisible();
  await expect(page.getByRole("button", { name: "カレンダー" })).toHaveCount(javaScriptEnabled === false ? 0 : 1);
  await expect(page.locator("script[src*=calendar], link[href*=calendar]")).toHaveCount(0);
});
