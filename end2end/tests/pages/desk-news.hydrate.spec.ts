// The desk hears of another person's step within a second, and no row moves under the hand.
import { type Browser, type Page } from "@playwright/test";

import { fillRequest, People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// A case is cancelled, another one comes in.
test.use({ city: "desk-news" });

/** A family cancels a case, in a browser of her own. */
async function cancels(browser: Browser, kosapo: string, who: string, number: string) {
  const context = await browser.newContext({ baseURL: kosapo });
  const other = await context.newPage();
  const post = (path: string, form: Record<string, string>) =>
    other.request.post(path, { form, headers: { "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
  await post("/api/sessions", { user_id: who, password: "kosapo-demo" });
  await other.goto(`/requests/${number}`);
  const form = other.locator("form[action='/api/cancellations']");
  const fields = await form.evaluate((element) => Object.fromEntries(new FormData(element as HTMLFormElement)));
  const answer = await post("/api/cancellations", { ...(fields as Record<string, string>), reason: "熱が出ました" });
  expect(answer.status()).toBe(303);
  await context.close();
}

function rows(page: Page): Promise<string[]> {
  return page.locator(".kp-desk__queue li").allInnerTexts();
}

test("another person's step appears as 新着1件 above a queue that stays as it is", async ({ page, visit, ready, browser, kosapo }, testInfo) => {
  await new People(page, visit, ready).are("midori");
  await visit("/desk");
  const listed = await rows(page);
  // Another case is open, and a note is being written.
  await page.locator(".kp-queue__link:not([href*=CDK0036630])").first().click();
  await ready();
  if (testInfo.project.name === "phone") {
    // A phone shows the queue or the open case: the list one goes back to is as it is by then.
    await cancels(browser, kosapo, "hanako", "CDK0036630");
    await page.getByRole("link", { name: "一覧に戻る" }).click();
    await ready();
    await expect.poll(() => rows(page)).not.toEqual(listed);
    return;
  }
  const note = page.locator("[name=note]");
  await note.fill("折り返しの電話を待つ");
  const news = page.locator("[data-live]");
  await expect(news).toBeEmpty();
  const before = await rows(page);
  const open = await page.locator(".kp-queue__link[aria-current]").innerText();

  await cancels(browser, kosapo, "hanako", "CDK0036630");
  await expect(news.getByRole("link", { name: "新着1件" })).toBeVisible({ timeout: 10_000 });
  expect(await rows(page), "no row moves by itself").toEqual(before);

  await news.getByRole("link").click();
  await expect(page.locator("[data-live]"), "the queue at hand holds the news").toBeEmpty();
  expect(await rows(page)).not.toEqual(before);
  await expect(note, "what is typed stays").toHaveValue("折り返しの電話を待つ");
  expect(await page.locator(".kp-queue__link[aria-current]").innerText(), "the open case stays marked").toBe(open);
  await expect(page.locator(".kp-desk__queue a:focus")).toHaveCount(1);
  await note.fill("");
});

test("a new request comes with one press, and is marked in its group", async ({ page, visit, ready, browser, kosapo }) => {
  await new People(page, visit, ready).are("midori");
  await visit("/desk");
  const before = (await rows(page)).length;
  const heading = page.getByRole("heading", { level: 1 });
  const said = await heading.innerText();

  const context = await browser.newContext({ baseURL: kosapo, javaScriptEnabled: false });
  const other = await context.newPage();
  const go = async (path: string) => void (await other.goto(path));
  const family = new People(other, go, () => other.waitForLoadState("domcontentloaded"));
  await family.are("riyo2");
  await go("/requests/new");
  await fillRequest(other, "2024-04-27", "10:00", "12:00");
  await family.press("入力内容を確認する");
  await family.press("この内容で登録する");
  await context.close();

  const link = page.locator("[data-live]").getByRole("link", { name: "新着1件" });
  await expect(link).toBeVisible({ timeout: 10_000 });
  expect((await rows(page)).length).toBe(before);
  await link.click();
  await expect(page.locator(".kp-desk__queue li")).toHaveCount(before + 1);
  await expect(page.locator(".kp-desk__queue li").filter({ hasText: "新着" }), "one row is new").toHaveCount(1);
  await expect(page.locator(".kp-desk__queue a:focus")).toContainText("新着");
  await expect(heading, "what is counted from the queue is counted again").not.toHaveText(said);
});
