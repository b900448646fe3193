// Bad moments: pressing twice, going back, two people on one thing, a stale page, the wrong person.
import { type Page } from "@playwright/test";

import { fillLogin, fillRequest, People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

test.use({ city: "moments", expectedFaults: [/404/] });

function requests(page: Page): Promise<string[]> {
  return page
    .locator("main")
    .innerText()
    .then((text) => [...new Set(text.match(/CDK\d{7}/g))].sort());
}

test("pressing 登録 twice, and once more after going back, makes one request", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/requests");
  const before = await requests(page);
  await visit("/requests/new");
  await fillRequest(page, "2024-05-11", "10:00", "12:00");
  await people.press("入力内容を確認する");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("入力内容の確認");
  await page.getByRole("button", { name: "この内容で登録する" }).dblclick();
  await expect(page).toHaveURL(/\/requests\/CDK\d{7}\/done$/);
  await ready();
  const first = page.url();

  await page.goBack();
  await ready();
  await page.getByRole("button", { name: "この内容で登録する" }).click();
  await expect(page).toHaveURL(first);
  // The confirmation is as good on a later visit.
  expect((await page.goto(first))?.status()).toBe(200);
  await ready();

  await visit("/requests");
  const after = await requests(page);
  expect(after.filter((no) => !before.includes(no))).toEqual([first.match(/CDK\d{7}/)?.[0]]);
});

test("of two windows on one report the later reads who did what, and loses no word", async ({
  page,
  context,
  visit,
  ready,
}) => {
  const people = new People(page, visit, ready);
  await people.are("teikyo");
  await visit("/reports/EKH3000561/edit");
  const other = await context.newPage();
  await other.goto("/reports/EKH3000561/edit");
  await other.locator("[name=notes]").fill("先に書いたこと");
  await other.getByRole("button", { name: "一時保存" }).click();
  await expect(other.locator("main")).toContainText("一時保存しました");

  await page.locator("[name=notes]").fill("後から書いたこと");
  await people.press("一時保存");
  await expect(page.locator("#faults")).toContainText("山田節子さんが先に「一時保存」をしました。");
  await expect(page.locator("[name=notes]")).toHaveValue("後から書いたこと");
  // Whoever has read it goes on from there.
  await people.press("一時保存");
  await expect(page.locator("main")).toContainText("一時保存しました");
});

test("a report changed since it was seen is not approved", async ({ page, browser, visit, ready, kosapo }) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/reports");
  const waiting = page.locator("main li, main tr, main article", { hasText: "承認待ち" });
  const report = (await waiting.first().innerText()).match(/EKH\d{7}/)?.[0];
  expect(report, "the demo has a report for hanako to approve").toBeTruthy();
  await visit(`/reports/${report}`);

  const window = await browser.newContext({ baseURL: kosapo });
  const other = await window.newPage();
  await other.goto("/login");
  await fillLogin(other, "teikyo");
  await other.locator("main").getByRole("button", { name: "ログイン", exact: true }).click();
  await expect(other).not.toHaveURL(/login/);
  await other.goto(`/reports/${report}`);
  const pullBack = other.locator("details", { has: other.locator("form[action='/api/pull-backs']") });
  await pullBack.locator("summary").click();
  await pullBack.getByRole("button").click();
  await expect(other).toHaveURL(/edit$/);
  await other.locator("[name=transport]").fill("500");
  await other.getByRole("button", { name: "入力内容を確認する" }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("報告書の確認");
  await other.getByRole("button", { name: /^登録して/ }).click();
  await expect(other).toHaveURL(/done$/);
  await window.close();

  await people.press("承認", true);
  await expect(page.locator("#faults")).toContainText(/ご覧になった後に報告書が変わりました|山田節子さんが先に/);
  await expect(page.locator("main")).toContainText("承認待ち");
  await expect(page.locator("main")).toContainText("500");
});

test("Enter in the reason of a refusal declines, and does not accept", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("teikyo");
  await visit("/offers");
  const offer = page.locator("main section", { has: page.locator("[name=reason]") }).first();
  await offer.locator("summary").click();
  await offer.locator("[name=reason]").fill("その日は予定があります");
  await offer.locator("[name=reason]").press("Enter");
  await expect(page).toHaveURL(/answer=declined/);
  await expect(page.locator("main")).toContainText("お返事ありがとうございます");
});

const STRANGERS: [string, string, Record<string, string>][] = [
  ["riyo2", "/api/withdrawals", { request: "CDK0036630", revision: "1", reason: "いたずら" }],
  ["riyo2", "/api/cancellations", { request: "CDK0036630", revision: "1", reason: "いたずら" }],
  ["riyo2", "/api/approvals", { report: "EKH3000561", revision: "1", do: "approve" }],
  ["teikyo2", "/api/reports", { report: "EKH3000561", revision: "1", do: "save_draft" }],
  ["teikyo2", "/api/receipts", { report: "EKH3000561", revision: "1", method: "cash" }],
  ["teikyo2", "/api/voidings", { report: "EKH3000561", revision: "1", reason: "いたずら" }],
  ["hanako", "/api/member-names", { no: "MEM0040989", revision: "1", family_name: "木村", given_name: "花" }],
  ["aoba", "/api/member-names", { no: "MEM0040989", revision: "1", family_name: "木村", given_name: "花" }],
  ["aoba", "/api/child-corrections", { no: "MEM0040989", child: "1", revision: "1", "child_name[1]": "太" }],
  ["aoba", "/api/entries", { member: "MEM0040989", do: "enter", once: "x".repeat(43) }],
  ["aoba", "/api/endings", { request: "CDK0036387", revision: "7", reason: "time" }],
  ["aoba", "/api/takings", { request: "CDK0036630", revision: "1" }],
  ["aoba", "/api/establishments", { request: "CDK0036630", revision: "1" }],
];

test("what is not yours does not exist, whatever is posted", { tag: "@once" }, async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  let signedIn = "";
  for (const [user, action, fields] of STRANGERS) {
    if (user !== signedIn) {
      await people.are(user);
      signedIn = user;
    }
    const answer = await page.request.post(action, { form: fields, headers: { "sec-fetch-site": "same-origin" } });
    expect(answer.status(), `${user} ${action}`).toBe(404);
    expect(await answer.text(), `${user} ${action}`).toMatch(/<h1[^>]*>ページが見つかりません<\/h1>/);
  }
});
