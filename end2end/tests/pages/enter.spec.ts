// What Enter presses in every form: the first submit button in the order of the document. The walk reads what the server
// sends; that script adds no other button is asked by `screens`, page by page.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";
import { kindOf, sent } from "../../support/walk.ts";

// Offers are answered here that other specs must not find.
test.use({ city: "enter" });

/** The words of the button that is meant, by where a form is sent. */
const MEANT: Record<string, RegExp> = {
  "/api/activities/end": /^活動終了を記録する$/,
  "/api/activities/start": /^活動開始を記録する$/,
  // Two forms: one to accept, at the desk with the channel, and one with the reason to decline (its own test below).
  "/api/answers": /^(受ける|この援助を受ける|辞退)$/,
  // Calculates once more where there are tickets: what is approved has been seen.
  "/api/approvals": /^(計算する|承認)$/,
  "/api/callbacks": /^.+さんに連絡した$/,
  "/api/caller-searches": /^検索$/,
  "/api/cancellations": /^この援助活動をキャンセルする$/,
  "/api/child-corrections": /^この内容に直す$/,
  "/api/children": /^この子どもを登録する$/,
  "/api/coupon-issues": /^.+さんのおためし券を発行する$/,
  "/api/desk-searches": /^検索$/,
  "/api/endings": /^不成立にする$/,
  "/api/entries": /^入力内容を確認する$/,
  "/api/establishments": /^(成立にする|打合せを省いて成立にする)$/,
  "/api/held-meetings": /^両会員に確かめ、打合せ済にする$/,
  "/api/invitations": /^決めてログインする$/,
  "/api/logouts": /^ログアウト$/,
  "/api/meetings": /^事前打合せの日時を保存する$/,
  "/api/member-contacts": /^この連絡先に直す$/,
  "/api/member-leaves": /^この会員を休止にする$/,
  "/api/member-link-mails": /メールで送る$/,
  "/api/member-links": /リンクを出す$/,
  "/api/member-names": /^この氏名に直す$/,
  "/api/member-notes": /^メモを残す$/,
  "/api/member-returns": /^復帰する$/,
  "/api/member-searches": /^検索$/,
  "/api/members": /^入力した内容を確かめる$/,
  "/api/notes": /^メモを残す$/,
  "/api/offer-closures": /^この打診を取りやめる$/,
  "/api/offers": /^選んだ方に打診する$/,
  "/api/pull-backs": /^作成中に戻す$/,
  "/api/receipt-undoings": /^受領前に戻す$/,
  "/api/receipts": /^報酬受領$/,
  "/api/reopenings": /^承認を取り消す$/,
  // Never 登録, never 取消: before the activity is over it saves, afterwards it shows everything once more.
  "/api/reports": /^(入力内容を確認する|一時保存)$/,
  "/api/report-searches": /^検索$/,
  "/api/requests": /^入力内容を確認する$/,
  "/api/returns": /^(再調整に戻す|行けなくなったことを伝える)$/,
  "/api/revision-requests": /^修正を依頼する$/,
  "/api/sessions": /^ログイン$/,
  "/api/sheet-readings": /^理由を記録して開く$/,
  "/api/sheets": /保存/,
  "/api/takings": /^この依頼を担当する$/,
  "/api/text-sizes": /^文字を/,
  "/api/trainings": /^研修を記録する$/,
  "/api/voidings": /^この報告書を取り消す$/,
  "/api/withdrawals": /^(この依頼を取り下げる|この下書きをやめる)$/,
  "/demo/clock": /^(翌日へ|次の5日へ)$/,
  "/fee": /^計算する$/,
};

/** Where a walk begins beside the home page: cases in the states whose steps have fields. */
const STARTS: Record<string, string[]> = {
  "": ["/login"],
  midori: [
    "/desk/requests/new?member=MEM0040989",
    "/desk/requests/CDK0036679",
    "/desk/requests/CDK0036663",
    "/desk/requests/CDK0036651",
    "/reports/EKH3000560",
  ],
};

/** Where the walk must have come by. */
const DUE: Record<string, string[]> = {
  "": ["/api/sessions"],
  hanako: ["/api/requests", "/api/approvals", "/fee"],
  teikyo: ["/api/reports", "/api/answers", "/api/voidings"],
  midori: [
    "/api/answers",
    "/api/approvals",
    "/api/child-corrections",
    "/api/entries",
    "/api/meetings",
    "/api/member-names",
    "/api/members",
    "/api/notes",
    "/api/takings",
  ],
  honbu: ["/api/sheet-readings"],
};

for (const [user, due] of Object.entries(DUE)) {
  test(`Enter presses what is meant in every form of ${user || "nobody"}`, { tag: "@once" }, async ({ page, visit, ready }) => {
    if (user) {
      await new People(page, visit, ready).are(user);
    }
    const seen = new Set<string>();
    const found = new Map<string, Set<string>>();
    const waiting = [...(STARTS[user] ?? []), "/"];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      // Some pages of a kind, for the forms on them differ with the state.
      const kind = kindOf(path);
      if (seen.has(path) || [...seen].filter((one) => kindOf(one) === kind).length >= 6) {
        continue;
      }
      seen.add(path);
      const { links, forms } = await sent(page, path);
      waiting.push(...links);
      for (const { action, button, typed } of forms) {
        const buttons = found.get(action) ?? new Set();
        found.set(action, typed ? buttons.add(button) : buttons);
      }
    }
    const other: string[] = [];
    for (const [action, buttons] of found) {
      for (const button of buttons) {
        if (!MEANT[action]?.test(button)) {
          other.push(`${action}: Enter presses 「${button}」`);
        }
      }
    }
    expect(other).toEqual([]);
    expect([...found.keys()]).toEqual(expect.arrayContaining(due));
  });
}

test("Enter in 会員登録 asks for what is missing and adds no child", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("midori");
  await visit("/desk/members/new");
  await page.locator("[name=family_name]").fill("𠮷﨑");
  await page.locator("[name=family_name]").press("Enter");
  await expect(page.locator("main #faults")).toBeVisible();
  await ready();
  await expect(page.locator("[name=family_name]")).toHaveValue("𠮷﨑");
  await expect(page.locator("[name^=child_name]")).toHaveCount(1);
});

test("Enter in a half-typed report registers nothing", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("teikyo");
  await visit("/reports/EKH3000561/edit");
  await page.locator("[name=transport]").fill("なし");
  await page.locator("[name=transport]").press("Enter");
  // Its activity lies ahead: what one can do is save.
  await expect(page.locator("main")).toContainText("一時保存しました");
  await ready();
  await expect(page.locator("[name=transport]")).toHaveValue("なし");
  await visit("/reports");
  const report = page.locator("main li, main tr, main article", { hasText: "EKH3000561" }).last();
  await expect(report).toContainText("作成中");
});

test("Enter after the reason for declining declines", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("teikyo");
  await visit("/offers");
  const offer = page.locator("section", { has: page.locator("form[action='/api/answers']") }).last();
  const request = (await offer.innerText()).match(/CDK\d{7}/)?.[0];
  await offer.locator("summary").click();
  await offer.locator("[name=reason]").fill("家族が休みのため");
  await offer.locator("[name=reason]").press("Enter");
  await expect(page.locator("main")).toContainText("またの機会にお願いいたします");
  await people.are("midori");
  await visit(`/desk/requests/${request}`);
  await expect(page.locator("main")).toContainText("理由：家族が休みのため");
});
