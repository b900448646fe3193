// One case from a new request of hanako to honbu's claim list: request → coordination → report → approval → receipt → subsidy.
import { type Database } from "../../support/kosapo.ts";
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

/**
 * Walks the whole case in a city of its own, because it moves the clock to the 6th of May. Everybody signs in by the form
 * once.
 */
export function wholeCase(database: Database) {
  test(`the whole case travels from request to subsidy on ${database}`, async ({ page, visit, ready }) => {
    test.setTimeout(240_000);
    const people = new People(page, visit, ready);

    await test.step("hanako asks for care", async () => {
      await people.signIn("hanako");
      await visit("/requests/new");
      await page.getByLabel("預けたい日").fill("令和６年４月１３日");
      await page.getByLabel("開始時刻").fill("11:30");
      await page.getByLabel("終了時刻").fill("１３：３０");
      await page.getByLabel(/^桜/).check();
      await page.getByRole("radio", { name: /^預かり(?!と)/ }).check();
      await page.getByRole("radio", { name: "提供会員の自宅" }).check();
      await page.getByLabel("備考").fill("髙木医院に行きます。");
      await people.press("入力内容を確認する");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("入力内容の確認");
      await expect(page.locator("main")).toContainText("4月13日（土）");
      await people.press("この内容で登録する");
    });
    const request = await people.number(/CDK\d{7}/);

    await test.step("midori takes it and asks teikyo", async () => {
      await people.signIn("midori");
      await visit(`/desk/requests/${request}`);
      await people.press("この依頼を担当する");
      await page.getByLabel(/^山田 ?節子/).check();
      await people.press("選んだ方に打診する");
      await expect(page.locator("main")).toContainText("打診しました");
    });

    await test.step("teikyo sees no name and accepts after a check", async () => {
      await people.signIn("teikyo");
      await visit("/offers");
      const offer = page.locator("section", { hasText: request }).last();
      await expect(offer).toContainText("十日市場町");
      await expect(page.locator("main")).not.toContainText("木村");
      await offer.getByRole("button", { name: "受ける" }).click();
      await people.press("この援助を受ける");
    });

    await test.step("midori sets the meeting", async () => {
      await people.are("midori");
      await visit(`/desk/requests/${request}`);
      await page.getByLabel("事前打合せ日").fill("2024/3/20");
      await page.getByLabel("時刻").fill("10時");
      await page.getByLabel("場所", { exact: false }).last().fill("いっぽ");
      await people.press("事前打合せの日時を保存する");
      await expect(page.locator("main")).toContainText("3月20日（水）");
    });

    await test.step("hanako fills the sheet, which teikyo cannot read yet", async () => {
      await people.are("hanako");
      await visit(`/requests/${request}/meeting`);
      for (const field of await page.locator("main form textarea, main form input.kp-input").all()) {
        if ((await field.isVisible()) && (await field.inputValue()) === "") {
          await field.fill((await field.getAttribute("type")) === "tel" ? "045-000-1234" : "とくになし");
        }
      }
      await people.press("事前打合せ情報を保存する");
      await expect(page.locator("main")).toContainText("必要な項目はそろっています");
      await people.are("teikyo");
      await visit(`/coordination/${request}`);
      await expect(page.locator("main")).toContainText("木村");
      await expect(page.locator("main")).not.toContainText("とくになし");
    });

    await test.step("midori establishes it after the meeting", async () => {
      await people.are("midori");
      await people.wait("翌日へ", 5);
      await visit(`/desk/requests/${request}`);
      await people.press("両会員に確かめ、打合せ済にする");
      await people.press("成立にする");
      await expect(page.locator("main")).toContainText("成立");
    });

    await test.step("teikyo reads the sheet now", async () => {
      await people.are("teikyo");
      await visit(`/requests/${request}/meeting`);
      await expect(page.locator("main")).toContainText("とくになし");
    });

    await test.step("after the day teikyo reports and sees every yen explained", async () => {
      await people.are("midori");
      await people.wait("次の5日へ", 1);
      await people.wait("翌日へ", 9);
      await people.are("teikyo");
      await visit(`/reports/new?request=${request}`);
      await page.getByLabel("活動日").fill("2024-04-13");
      await page.getByLabel("活動開始時間").fill("11:30");
      await page.getByLabel("活動終了時間").fill("13:30");
      await page.getByLabel(/^桜/).check();
      await page.getByLabel("交通費").fill("５００");
      if (!(await people.hydrated())) {
        await people.press("計算する");
      }
      // 2 hours of Saturday at 600, expenses 500, benefit 2 × 500.
      await expect(page.locator("main")).toContainText("1,700");
      await expect(page.locator("main")).toContainText("2,700");
      await people.press("入力内容を確認する");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("報告書の確認");
      await page.locator("main").getByRole("button", { name: "登録して木村さんに確認を依頼" }).click();
      await ready();
    });
    const report = await people.number(/EKH\d{7}/);

    await test.step("hanako asks for a correction and sees before beside after when it comes again", async () => {
      await people.are("hanako");
      await visit(`/reports/${report}`);
      await expect(page.getByRole("heading", { name: "変わったところ" })).toHaveCount(0);
      await page.locator("summary", { hasText: "修正依頼" }).click();
      await page.getByLabel("修正してほしいこと").fill("交通費は300円でした。");
      await people.press("修正を依頼する");
      await people.are("teikyo");
      await visit(`/reports/${report}/edit`);
      await expect(page.locator("main")).toContainText("交通費は300円でした。");
      await page.getByLabel("交通費").fill("300");
      await people.press("入力内容を確認する");
      await page.locator("main").getByRole("button", { name: "登録して木村さんに確認を依頼" }).click();
      await ready();
      await people.are("hanako");
      await visit(`/reports/${report}`);
      const changed = page.locator("section", { has: page.getByRole("heading", { name: "変わったところ" }) });
      const rows = changed.locator("dl > div");
      await expect(rows).toHaveCount(2);
      await expect(rows.first()).toContainText("交通費");
      await expect(rows.first().locator("del")).toContainText("500円");
      await expect(rows.first().locator("ins")).toContainText("300円");
      await expect(rows.last()).toContainText("お支払い（おためし券を使う前）");
      await expect(rows.last().locator("ins")).toContainText("1,500円");
    });

    await test.step("hanako approves with one ticket", async () => {
      await people.are("hanako");
      await visit("/inbox");
      await expect(page.locator("main")).toContainText("報告書");
      await visit(`/reports/${report}`);
      await page.locator("#approval select").first().selectOption("1");
      if (!(await people.hydrated())) {
        await people.press("計算する");
      }
      await expect(page.locator("#approval")).toContainText("1,000");
      await people.press("承認", true);
      await expect(page.locator("main")).toContainText("承認済");
      await visit("/coupons");
      await expect(page.locator("main")).toContainText("のこり枚数5枚");
    });

    await test.step("teikyo marks the reward received; both can print the copy", async () => {
      await people.are("teikyo");
      await visit(`/reports/${report}`);
      await page.getByRole("radio", { name: "現金" }).check();
      await people.press("報酬受領", true);
      await expect(page.locator("main")).toContainText("受領済");
      for (const person of ["teikyo", "hanako"]) {
        await people.are(person);
        await visit(`/reports/${report}/print`);
        await expect(page.locator("main")).toContainText(report);
        await expect(page.locator("main")).toContainText("1,000");
      }
    });

    await test.step("the month closes and honbu sees the claim", async () => {
      await people.are("teikyo");
      await visit("/subsidies");
      await expect(page.locator("main")).toContainText("請求申請は毎月5日に自動で行われます");
      await expect(page.locator("main")).toContainText(report);
      await people.are("midori");
      await people.wait("次の5日へ", 1);
      await people.wait("翌日へ", 1);
      await people.signIn("honbu");
      await visit("/claims?month=2024-05");
      // Beside the benefit of 1,000 the city pays what the ticket covered.
      await page.locator("main").getByRole("link", { name: /KSK/ }).filter({ visible: true }).first().waitFor();
      await people.findClaim(report);
      await expect(page.locator("main")).toContainText("1,500");
    });

    await test.step("the history says who did what", async () => {
      await people.are("midori");
      await visit(`/requests/${request}/history`);
      for (const word of ["登録", "担当", "打診", "受諾", "成立", "承認", "報酬受領"]) {
        await expect(page.locator("main")).toContainText(word);
      }
    });
  });
}
