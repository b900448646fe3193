// A-FORM-8 and A-DOC-5: a case's days leave as a file for the calendar, from the pages of both its members.
import { readFile } from "node:fs/promises";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

for (const [user, path] of [
  ["hanako", "/requests/CDK0036630"],
  ["teikyo", "/coordination/CDK0036630"],
] as const) {
  test(`${user} takes the days of a case to the calendar`, async ({ page, visit, ready }) => {
    await new People(page, visit, ready).are(user);
    await visit(path);
    const coming = page.waitForEvent("download");
    await page.getByRole("link", { name: "カレンダーに入れる" }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe("CDK0036630.ics");
    const text = await readFile(await file.path(), "utf8");
    expect(text).toContain("SUMMARY:子サポ 預かり（CDK0036630）");
    // The page stays where it is.
    await expect(page).toHaveURL(path);
  });
}
