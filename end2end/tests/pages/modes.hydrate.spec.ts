// A-DADS-2 and A-DADS-7: 大きな文字, and the look in the dark, in forced colours, without motion and on paper.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

const PATHS: [string, string][] = [
  ["hanako", "/"],
  ["hanako", "/requests/new"],
  ["teikyo", "/reports/new"],
  ["midori", "/desk"],
];

for (const [user, path] of PATHS) {
  test(`${path} of ${user} can be read in every mode`, async ({ page, visit, ready, accessible }) => {
    await new People(page, visit, ready).are(user);
    await page.emulateMedia({ colorScheme: "dark" });
    await visit(path);
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(ground, "dark is dark").toBe("rgb(21, 22, 19)");
    await accessible();
    await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
    await accessible();
    const edges = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("main .kp-button, main .kp-card, main .kp-input")]
        .filter((one) => one.checkVisibility())
        .filter((one) => {
          const { borderStyle, borderWidth } = getComputedStyle(one);
          return borderStyle === "none" || parseFloat(borderWidth) === 0;
        })
        .map((one) => one.className),
    );
    expect([...new Set(edges)], "everything that is pressed has an edge without colours").toEqual([]);
    await page.emulateMedia({ forcedColors: "none", reducedMotion: "reduce" });
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter((one) => {
          const { transitionDuration, animationDuration, animationName } = getComputedStyle(one);
          const longest = Math.max(...transitionDuration.split(",").map(parseFloat));
          return longest > 0.001 || (animationName !== "none" && parseFloat(animationDuration) > 0.001);
        })
        .map((one) => `${one.tagName}.${one.className}`),
    );
    expect([...new Set(moving)], "nothing moves").toEqual([]);
    await page.emulateMedia({ reducedMotion: "no-preference", media: "print" });
    await expect(page.locator(".kp-nav").first()).toBeHidden();
    await expect(page.locator("h1")).toBeVisible();
  });
}

test("大きな文字 makes every page of a person larger, until it is switched back", async ({ page, visit, ready }) => {
  const size = () => page.evaluate(() => getComputedStyle(document.body).fontSize);
  const toggle = async (name: string) => {
    await page.locator(".kp-menu > summary").click();
    await page.getByRole("button", { name }).click();
    await ready();
  };
  await new People(page, visit, ready).are("riyo2");
  await visit("/requests");
  expect(await size()).toBe("16px");
  await toggle("文字を大きくする");
  await expect(page).toHaveURL(/\/requests$/);
  await expect.poll(size).toBe("18px");
  await visit("/inbox");
  expect(await size()).toBe("18px");
  await toggle("文字をもとの大きさに戻す");
  await expect.poll(size).toBe("16px");
});
