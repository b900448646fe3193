import { expect, test } from "../../support/test.ts";

test.use({ city: "none" });

for (const screen of ["parts", "home", "report", "faults", "desk"]) {
  test(`the gallery shows ${screen}`, async ({ page, gallery, ready, accessible }, testInfo) => {
    await page.goto(`${gallery}/#${screen}`);
    await ready();
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await accessible();
    await testInfo.attach(screen, { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  });
}
