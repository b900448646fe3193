// Bad moments at the desk: a correction on a record that somebody else has corrected, an ending that comes too late, and
// files and pages of other people's cases.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

test.use({ city: "desk-moments", expectedFaults: [/404/] });

/** Opens a panel of the page, types into it and presses its button. */
async function correct(page: Page, panel: string, field: string, text: string) {
  const details = page.locator("details", { has: page.locator("summary", { hasText: panel }) }).last();
  if (!(await details.locator(field).isVisible())) {
    await details.locator("summary").click();
  }
  await details.locator(field).fill(text);
  // The calendar of a date field is a button, too, but sends nothing.
  await details.locator("button:not([type=button])").click();
}

const CORRECTIONS = [
  { name: "氏名", member: "MEM0041000", panel: "氏名を直す", field: "[name=family_name]", action: "氏名の修正", done: "氏名を直しました" },
  {
    name: "子ども",
    member: "MEM0040989",
    panel: "太郎さんの登録内容を直す",
    field: "[name^=child_kana]",
    action: "子どもの登録内容の修正",
    done: "子どもの登録内容を直しました",
  },
] as const;

for (const { name, member, panel, field, action, done } of CORRECTIONS) {
  test(`of two windows that correct ${name} the later reads who did what, and loses no word`, async ({
    page,
    context,
    visit,
    ready,
  }) => {
    const people = new People(page, visit, ready);
    await people.are("midori");
    await visit(`/desk/members/${member}`);
    const other = await context.newPage();
    await other.goto(`/desk/members/${member}`);
    await correct(other, panel, field, "サキ");
    await expect(other.locator("main")).toContainText(done);

    await correct(page, panel, field, "アト");
    await expect(page.locator("#faults")).toContainText(`さんが先に「${action}」をしました。`);
    await expect(page.locator(field).first()).toHaveValue("アト");
    // Whoever has read it goes on from there.
    await correct(page, panel, field, "アト");
    await expect(page.locator("main")).toContainText(done);
    await ready();
    await expect(page.locator(field).first()).toHaveValue("アト");
  });
}

test("a case whose hours have begun is ended by the link that opens the form, once", async ({
  page,
  context,
  visit,
  ready,
}) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  const path = "/desk/requests/CDK0036387";
  await visit(path);
  await page.getByRole("link", { name: "不成立にする" }).click();
  await ready();
  await expect(page).toHaveURL(`${path}?open=not-establish#not-establish`);
  const reason = page.getByRole("radio", { name: "日時が合わない" });
  await expect(reason).toBeVisible();
  await expect(page.getByRole("button", { name: "この依頼を取り下げる" }), "the other form is closed").toBeHidden();

  const other = await context.newPage();
  await other.goto(path);
  await other.getByRole("link", { name: "取下げにする" }).click();
  await expect(other).toHaveURL(/open=withdraw/);
  await other.getByRole("button", { name: "この依頼を取り下げる" }).click();
  await expect(other.locator("main")).toContainText("→ 取下げ");

  await reason.check();
  await page.getByRole("button", { name: "不成立にする" }).click();
  await expect(page.locator("#faults")).toContainText("さんが先に「取下げ」をしました。");
  await visit(`/requests/CDK0036387/history`);
  await expect(page.locator("main")).not.toContainText("不成立");
});

for (const [user, paths] of [
  ["riyo2", ["/requests/CDK0036630/calendar.ics", "/requests/CDK0036630"]],
  ["teikyo2", ["/requests/CDK0036630/calendar.ics", "/coordination/CDK0036630"]],
  ["aoba", ["/requests/CDK0036630/calendar.ics", "/desk/members/MEM0040989", "/desk/requests/new?member=MEM0040989"]],
] as const) {
  test(`to ${user} another's case and its file are not there`, { tag: "@once" }, async ({ page, visit, ready }) => {
    await new People(page, visit, ready).are(user);
    for (const path of paths) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("ページが見つかりません");
    }
  });
}

test("whoever is signed out comes to the case by way of the login, not to its file", { tag: "@once" }, async ({ page }) => {
  await page.goto("/requests/CDK0036630/calendar.ics");
  await expect(page).toHaveURL("/login?next=%2Frequests%2FCDK0036630");
});
