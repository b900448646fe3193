// The desk hears of another person's step within a second, and no row moves under the hand.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// A case is cancelled.
test.use({ city: "desk-news" });

test("another person's step appears as 新着1件 above a queue that stays as it is", async ({ page, visit, ready, browser, kosapo }) => {
  await new People(page, visit, ready).are("midori");
  await visit("/desk");
  const news = page.locator("[data-live]");
  await expect(news).toBeEmpty();
  const rows = () => page.locator(".kp-desk__queue li").allInnerTexts();
  const before = await rows();

  const context = await browser.newContext({ baseURL: kosapo });
  const other = await context.newPage();
  const post = (path: string, form: Record<string, string>) =>
    other.request.post(path, { form, headers: { "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
  await post("/api/sessions", { user_id: "hanako", password: "kosapo-demo" });
  await other.goto("/requests/CDK0036630");
  const form = other.locator("form[action='/api/cancellations']");
  const fields = await form.evaluate((element) => Object.fromEntries(new FormData(element as HTMLFormElement)));
  const answer = await post("/api/cancellations", { ...(fields as Record<string, string>), reason: "熱が出ました" });
  expect(answer.status()).toBe(303);

  await expect(news.getByRole("link", { name: "新着1件" })).toBeVisible({ timeout: 3_000 });
  expect(await rows(), "no row moves by itself").toEqual(before);
  await news.getByRole("link").click();
  await ready();
  await expect(page.locator("[data-live]"), "the new page holds the news").toBeEmpty();
  expect(await rows()).not.toEqual(before);
  await context.close();
});
