// Whoever has several cases open tells their tabs apart by the number, and only by that: no name stands in a title.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

const TITLES: [string, string, string][] = [
  ["midori", "/desk/requests/CDK0036630", "依頼の調整 CDK0036630 | 子サポ"],
  ["midori", "/requests/CDK0036630/history", "履歴 CDK0036630 | 子サポ"],
  ["midori", "/desk/members/MEM0040989", "会員 MEM0040989 | 子サポ"],
  ["midori", "/reports/EKH3000560", "援助活動報告書 EKH3000560 | 子サポ"],
  ["hanako", "/requests/CDK0036630", "援助依頼 CDK0036630 | 子サポ"],
  ["hanako", "/requests/CDK0036630/meeting", "事前打合せ情報 CDK0036630 | 子サポ"],
  ["hanako", "/requests/new", "預かり依頼登録 | 子サポ"],
  ["teikyo", "/coordination/CDK0036630", "コーディネート結果 CDK0036630 | 子サポ"],
  ["teikyo", "/reports/EKH3000561/edit", "援助活動報告書 EKH3000561 | 子サポ"],
];

test("the browser's title has the number of what a page is about", { tag: "@once" }, async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  let signedIn = "";
  for (const [user, path, title] of TITLES) {
    if (user !== signedIn) {
      await people.are(user);
      signedIn = user;
    }
    const answer = await page.request.get(path);
    expect(await answer.text(), path).toContain(`<title>${title}</title>`);
  }
});

test("a fault is said before it", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/members/MEM0040989");
  await page.locator("summary", { hasText: "氏名を直す" }).click();
  await page.locator("[name=family_name]").fill("");
  await people.press("この氏名に直す");
  await expect(page).toHaveTitle("エラー：会員 MEM0040989 | 子サポ");
});
