// What was typed is not lost by the way: letters grow in place, and a changed form is not left without a question.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// Memos are left and letters grow that other specs must not find.
test.use({ city: "typed" });

/** Counts the questions before leaving, and answers them. */
function questions(page: Page, leave: () => boolean): { asked: number } {
  const count = { asked: 0 };
  page.on("dialog", async (dialog) => {
    expect(dialog.type()).toBe("beforeunload");
    count.asked += 1;
    await (leave() ? dialog.accept() : dialog.dismiss());
  });
  return count;
}

test("letters grow in the middle of a form without touching it", async ({ page, visit, ready }) => {
  const size = () => page.evaluate(() => getComputedStyle(document.body).fontSize);
  const larger = page.getByRole("button", { name: "文字を大きくする" });
  const usual = page.getByRole("button", { name: "文字をもとの大きさに戻す" });
  await new People(page, visit, ready).are("hanako");
  await visit("/requests/new");
  const loads: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loads.push(request.url()));
  await page.locator("[name=place_detail]").fill("𠮷田　髙子の家");
  await page.getByLabel(/^太郎/).check();
  await page.locator(".kp-menu > summary").click();
  await expect(usual).toBeHidden();
  await larger.click();
  await expect.poll(size).toBe("18px");
  await expect(larger).toBeHidden();
  await expect(usual).toBeFocused();
  await expect(page.locator("[name=place_detail]")).toHaveValue("𠮷田　髙子の家");
  await expect(page.getByLabel(/^太郎/)).toBeChecked();
  expect(loads, "the page stays").toEqual([]);
  await page.keyboard.press("Enter");
  await expect.poll(size).toBe("16px");
  await page.keyboard.press("Enter");
  await expect.poll(size).toBe("18px");
  await visit("/inbox");
  expect(await size(), "the size is kept").toBe("18px");
});

test("a changed form is left by a link only after a question, and by its own button at once", async ({
  page,
  visit,
  ready,
}) => {
  let leave = false;
  const questioned = questions(page, () => leave);
  const people = new People(page, visit, ready);
  await people.are("hanako");
  const home = page.getByRole("navigation").getByRole("link", { name: "ホーム" });
  const detail = page.locator("[name=place_detail]");
  await visit("/requests/new");

  await detail.fill("駅の前");
  await home.click();
  await expect.poll(() => questioned.asked).toBe(1);
  await expect(page).toHaveURL(/\/requests\/new$/);
  await expect(detail).toHaveValue("駅の前");

  // A call leaves the page where it is.
  const call = page.locator("a[href^='tel:']").first();
  await call.evaluate((link) => link.addEventListener("click", (event) => event.preventDefault()));
  await call.click();
  expect(questioned.asked).toBe(1);

  await people.press("入力内容を確認する");
  await expect(page.locator("main #faults")).toBeVisible();
  expect(questioned.asked, "its own button").toBe(1);
  await expect(detail).toHaveValue("駅の前");
  // Kept under a name of its own: nothing has changed since.
  await home.click();
  await expect(page).toHaveURL(/\/$/);
  expect(questioned.asked, "nothing changed").toBe(1);

  await visit("/requests/new");
  await detail.fill("駅の前");
  await detail.fill("");
  await home.click();
  await expect(page).toHaveURL(/\/$/);
  expect(questioned.asked, "taken back").toBe(1);

  await visit("/requests/new");
  await page.locator("[name=care_kind]").first().check();
  leave = true;
  await home.click();
  await expect(page).toHaveURL(/\/$/);
  expect(questioned.asked, "one chooses to leave").toBe(2);
});

test("a memo being typed is not lost to another form of the page", async ({ page, visit, ready }) => {
  const questioned = questions(page, () => false);
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/requests/CDK0036679");
  const memo = page.locator("[name=note]");
  await memo.fill("電話中のこと");
  await page.getByRole("button", { name: "この依頼を担当する" }).click();
  await expect.poll(() => questioned.asked).toBe(1);
  await expect(memo).toHaveValue("電話中のこと");
  // On a phone an open case has no search above it.
  const search = page.getByRole("searchbox").first();
  if (await search.isVisible()) {
    await search.fill("木村");
    await search.press("Enter");
  } else {
    await page.getByRole("link", { name: "履歴をすべて見る" }).click();
  }
  await expect.poll(() => questioned.asked).toBe(2);
  await expect(memo).toHaveValue("電話中のこと");

  await people.press("メモを残す");
  await expect(page.locator("main")).toContainText("電話中のこと");
  await expect(memo).toHaveValue("");
  // What is typed into the search is no form to keep.
  if (await search.isVisible()) {
    await search.fill("木村");
  }
  await people.press("この依頼を担当する");
  await expect(page.locator("main")).toContainText("担当 緑川洋子");
  expect(questioned.asked).toBe(2);
});

test("a login that was begun is left without a question", async ({ page, visit }) => {
  const questioned = questions(page, () => false);
  await visit("/login");
  await page.locator("[name=user_id]").fill("hanako");
  await page.locator("[name=password]").fill("kosapo");
  await page.getByRole("link", { name: "しくみと流れ" }).click();
  await expect(page).toHaveURL(/\/guide$/);
  expect(questioned.asked).toBe(0);
});
