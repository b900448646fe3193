// The tables of the staff: from a width on they are tables, below it cards, and never wider than their page.
import { People } from "../../support/people.ts";
import { narrow } from "../../support/sideways.ts";
import { expect, test } from "../../support/test.ts";

/** The tables of the staff, the width in px from which each is a table. */
const TABLES: [user: string, path: string, from: number][] = [
  ["honbu", "/hq", 768],
  ["honbu", "/reports", 1024],
  ["honbu", "/claims", 1024],
  ["honbu", "/subsidies", 768],
  ["midori", "/desk/members", 768],
  ["midori", "/desk?group=closed", 768],
];

for (const user of ["honbu", "midori"]) {
  test(`no table of ${user} is wider than its page, with the longest names either`, async ({ page, visit, ready }) => {
    await new People(page, visit, ready).are(user);
    for (const [, path, from] of TABLES.filter(([whose]) => whose === user)) {
      await visit(path);
      const table = page.locator(".kp-table").first();
      await page.setViewportSize({ width: from, height: 800 });
      await expect(table, `${path} at ${from} px`).toHaveCSS("display", "table");
      await page.setViewportSize({ width: 390, height: 800 });
      await expect(table, `${path} at 390 px`).toHaveCSS("display", "block");
      await page.evaluate(() => {
        for (const name of document.querySelectorAll("td[data-label$=会員] > div, td[data-label=氏名] > div")) {
          const [text] = name.childNodes;
          if (text) {
            text.nodeValue = (text.nodeValue ?? "").replace(/^[^（]+/, "寿".repeat(40));
          }
        }
      });
      // With the names of the demo they are measured in `screens`.
      expect(await narrow(page), `${path}, longest names`).toEqual([]);
    }
  });
}
