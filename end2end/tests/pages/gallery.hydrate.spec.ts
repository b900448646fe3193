import { expect, test } from "../../support/test.ts";

test.use({ city: "none" });

test("the gallery shows every screen", async ({ page, gallery, ready, accessible }) => {
  test.setTimeout(120_000);
  await page.goto(gallery);
  await ready();
  const links = page.getByRole("navigation", { name: "見るもの" }).getByRole("link");
  const screens = await links.evaluateAll((all) => all.map((one) => one.getAttribute("href")?.slice(1) ?? ""));
  expect(screens).toEqual(expect.arrayContaining(["parts", "fee"]));
  for (const screen of screens) {
    await test.step(screen, async () => {
      // Another query is another document: each screen is drawn from its beginning.
      await page.goto(`${gallery}/?${screen}#${screen}`);
      await ready();
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await accessible();
    });
  }
});

test("the gallery's calculator calculates", async ({ page, gallery, ready }) => {
  await page.goto(`${gallery}/#fee`);
  await ready();
  const answer = page.locator(".kp-sum");
  // 2 hours of Saturday at 600, expenses 300; a ticket takes 500 off.
  await expect(answer).toContainText("利用会員が払う1,000");
  await page.getByLabel("おためし券").selectOption("0");
  await expect(answer).toContainText("利用会員が払う1,500");
});
