// A-FORM-1 to 4, 6 to 8 and 10 on the forms of 依頼, 報告, ログイン and 会員登録, with and without script; 依頼 also as
// the branch enters it for a caller.
import { type Page } from "@playwright/test";

import { fillRequest, People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// Drafts and requests are made here that other specs must not find.
test.use({ city: "forms" });

const FORMS = [
  { name: "ログイン", user: "", path: "/login", least: 2 },
  { name: "依頼", user: "hanako", path: "/requests/new", least: 6 },
  { name: "報告", user: "teikyo", path: "/reports/EKH3000561/edit", least: 5 },
  { name: "電話の依頼", user: "midori", path: "/desk/requests/new?member=MEM0040989", least: 6 },
  { name: "会員登録", user: "midori", path: "/desk/members/new", least: 9 },
];

/** Everything that can be typed into the page's main form. */
function texts(page: Page) {
  const form = page.locator("main form").filter({ has: page.locator("button.kp-button--primary") }).first();
  return form.locator("input:not([type=hidden], [type=radio], [type=checkbox]), textarea");
}

/** Presses what leads on; before an activity has ended 一時保存 is the primary button of its report. */
async function leadOn(page: Page) {
  const check = page.locator("main form .kp-button[value=check]");
  await ((await check.count()) > 0 ? check : page.locator("main form button.kp-button--primary")).first().click();
}

async function values(page: Page): Promise<Record<string, string>> {
  return Object.fromEntries(
    await texts(page).evaluateAll((all) =>
      (all as HTMLInputElement[]).filter((one) => one.type !== "password").map((one) => [one.name, one.value]),
    ),
  );
}

for (const { name, user, path, least } of FORMS) {
  test(`${name} sent empty says at once what to fix, and where`, async ({ page, visit, ready }) => {
    const people = new People(page, visit, ready);
    if (user) {
      await people.are(user);
    }
    await visit(path);
    for (const field of await texts(page).all()) {
      await field.fill("");
    }
    for (const box of await page.locator("main form [type=checkbox]:checked").all()) {
      await box.uncheck();
    }
    await leadOn(page);
    await ready();

    await expect(page).toHaveTitle(/^エラー：/);
    const summary = page.locator("main #faults");
    await expect(summary).toBeFocused();
    const above = await page.evaluate(() => {
      const [faults, heading] = [document.querySelector("#faults"), document.querySelector("h1")];
      return Boolean(faults && heading && faults.compareDocumentPosition(heading) & Node.DOCUMENT_POSITION_FOLLOWING);
    });
    expect(above, "the summary stands above the h1").toBe(true);

    const links = await summary.getByRole("link").all();
    expect(links.length).toBeGreaterThanOrEqual(least);
    await expect(summary).toContainText(`${links.length}か所を直してください`);
    for (const link of links) {
      const target = page.locator(`[id="${(await link.getAttribute("href"))?.slice(1)}"]`);
      await expect(target).toHaveCount(1);
      await target.focus();
      await expect(target).toBeFocused();
      const text = (await link.innerText()).trim();
      await expect(page.locator(".kp-field__error", { hasText: `＊${text}` }).first()).toBeVisible();
      // What is wrong is tied to its words.
      const ids = await target.evaluate((one) => {
        const own = one.getAttribute("aria-describedby") ?? "";
        return `${own} ${one.closest("fieldset")?.getAttribute("aria-describedby") ?? ""}`.trim().split(/\s+/);
      });
      const said = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).textContent()));
      expect(said).toContain(`＊${text}`);
    }
  });

  // Asked of what the server sends and of what script makes of it: the same on a phone.
  test(`${name} leaves checking to the server, and its words to the label`, { tag: "@once" }, async ({ page, visit, ready }) => {
    const people = new People(page, visit, ready);
    if (user) {
      await people.are(user);
    }
    await visit(path);
    expect(await page.locator("form").count()).toBeGreaterThan(0);
    const checked = "form:not([novalidate]), [required], [placeholder], [disabled], [pattern]";
    await expect(page.locator(checked)).toHaveCount(0);
    const answer = await page.request.get(path);
    const sent = await page.evaluate(
      ([html, checked]) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll(checked)].length,
      [await answer.text(), checked] as const,
    );
    expect(sent, "as it is sent").toBe(0);
  });

  test(`${name} sent with faults keeps every character`, async ({ page, visit, ready }) => {
    const people = new People(page, visit, ready);
    if (user) {
      await people.are(user);
    }
    await visit(path);
    const odd = ' <b>"髙𠮷"&amp;</b> １２：';
    for (const field of await texts(page).all()) {
      await field.fill(odd);
    }
    const sent = await values(page);
    await leadOn(page);
    await ready();
    await expect(page.locator("main #faults")).toBeVisible();
    expect(Object.values(sent).length).toBeGreaterThan(0);
    expect(await values(page)).toEqual(sent);
    for (const secret of await page.locator("main [type=password]").all()) {
      await expect(secret).toHaveValue("");
    }
  });
}

/** Fills 依頼 as a family may write it. */
async function ask(page: Page, date: string) {
  await fillRequest(page, date, "９：３０", "１１時３０分");
  await page.locator("[name=place_detail]").fill("𠮷田　髙子の家");
  await page.locator("[name=notes]").fill("１行目\n２行目");
}

test("依頼 reads full-width digits and 令和, shows the answers once more, and each can be changed", async ({
  page,
  visit,
  ready,
}) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/requests/new");
  await ask(page, "令和６年５月１８日");
  await people.press("入力内容を確認する");
  const main = page.locator("main");
  await expect(main).toContainText("5月18日（土）");
  await expect(main).toContainText("9:30〜11:30");
  await expect(main).toContainText("𠮷田　髙子の家");
  await expect(main).toContainText("１行目\n２行目", { useInnerText: true });

  const changes = main.getByRole("link", { name: /変更/ });
  expect(await changes.count()).toBe(7);
  const names = await changes.allInnerTexts();
  expect(new Set(names).size, "each says what it changes").toBe(names.length);
  await changes.first().click();
  await ready();
  await expect(page.locator("#date")).toHaveValue("令和６年５月１８日");
  await expect(page.locator("[name=notes]")).toHaveValue("１行目\n２行目");
  await page.locator("[name=date]").fill("２０２４／５／２５");
  await people.press("入力内容を確認する");
  await expect(main).toContainText("5月25日（土）");
  await people.press("この内容で登録する");

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("依頼を受け付けました");
  await expect(main).toContainText(/CDK\d{7}/);
  await expect(main).toContainText("045-982-3521");
  expect((await page.reload())?.status()).toBe(200);
  await expect(main).toContainText(/CDK\d{7}/);
});

test("a day within three weeks leads to the branch's telephone, with nothing lost", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/requests/new");
  // Today is the 16th of March: the 5th of April is a day too early.
  await ask(page, "2024/4/5");
  await people.press("入力内容を確認する");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("お電話でご依頼ください");
  await expect(page).not.toHaveTitle(/エラー/);
  await expect(page.locator("main")).toContainText("045-982-3521");
  await expect(page.locator("main")).toContainText("火〜土 9:00〜17:00");
  await page.getByRole("link", { name: "日にちを変えて入力を続ける" }).click();
  await ready();
  await expect(page.locator("[name=place_detail]")).toHaveValue("𠮷田　髙子の家");
  await page.locator("[name=date]").fill("2024/4/6");
  await people.press("入力内容を確認する");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("入力内容の確認");
});

test("一時保存 loses nothing; コピー fills all but date and time", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("hanako");
  await visit("/requests/new");
  await ask(page, "令和６年６月１日");
  await people.press("一時保存");
  await expect(page.locator("main")).toContainText("一時保存しました");
  const draft = new URL(page.url()).pathname;

  await people.are("hanako");
  await visit(draft);
  const main = page.locator("main");
  await expect(page.locator("[name=date]")).toHaveValue(/^(令和６年６月１日|2024-06-01)$/);
  await expect(page.locator("[name=start]")).toHaveValue(/^(９：３０|9:30|09:30)$/);
  await expect(page.getByLabel(/^太郎/)).toBeChecked();
  await expect(page.locator("[name=place_detail]")).toHaveValue("𠮷田　髙子の家");
  await expect(page.locator("[name=notes]")).toHaveValue("１行目\n２行目");
  await expect(page.locator("[name=care_kind]").first()).toBeChecked();
  await people.press("入力内容を確認する");
  await people.press("この内容で登録する");
  const no = await people.number(/CDK\d{7}/);

  await visit(`/requests/${no}`);
  await main.getByRole("link", { name: /コピー/ }).click();
  await ready();
  await expect(page).toHaveURL(/\/requests\/new\?copy=/);
  for (const empty of ["date", "start", "end"]) {
    await expect(page.locator(`[name=${empty}]`)).toHaveValue("");
  }
  await expect(page.getByLabel(/^太郎/)).toBeChecked();
  await expect(page.locator("[name=care_kind]").first()).toBeChecked();
  await expect(page.locator("[name=place_detail]")).toHaveValue("𠮷田　髙子の家");
  await expect(page.locator("[name=notes]")).toHaveValue("１行目\n２行目");
});

test("a caller's wish is read back with its fee, each answer can be changed, and pressing twice enters it once", async ({
  page,
  visit,
  ready,
}) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/requests/new?member=MEM0040989");
  // Five days ahead: the branch takes what the web form would not.
  await ask(page, "令和６年３月２１日");
  await page.getByRole("radio", { name: "窓口" }).check();
  await people.press("入力内容を確認する");
  const main = page.locator("main");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("入力内容の確認");
  for (const said of ["木村 花子", "窓口", "3月21日（木）", "9:30〜11:30", "𠮷田　髙子の家", "1,000", "3週間より近い日の依頼です"]) {
    await expect(main).toContainText(said);
  }
  await expect(main).toContainText("１行目\n２行目", { useInnerText: true });

  const changes = main.getByRole("link", { name: /変更/ });
  expect(await changes.count()).toBe(8);
  await changes.nth(1).click();
  await ready();
  await expect(page.locator("#date")).toHaveValue("令和６年３月２１日");
  await expect(page.getByRole("radio", { name: "窓口" })).toBeChecked();
  await expect(page.locator("[name=notes]")).toHaveValue("１行目\n２行目");
  await page.locator("[name=end]").fill("12:00");
  await people.press("入力内容を確認する");
  await expect(main).toContainText("9:30〜12:00");
  await page.getByRole("button", { name: "この依頼を受け付ける" }).dblclick();
  await expect(page).toHaveURL(/\/desk\/requests\/CDK\d{7}\?done=entered$/);
  await ready();
  await expect(main).toContainText("依頼を受け付けました");
  const entered = page.url();

  await page.goBack();
  await ready();
  await page.getByRole("button", { name: "この依頼を受け付ける" }).click();
  await expect(page).toHaveURL(entered);
});

test("会員登録 reads what people write, and shows it once more", async ({ page, visit, ready }) => {
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/members/new");
  await page.getByRole("radio", { name: /^利用会員/ }).check();
  const person: Record<string, string> = {
    family_name: "𠮷﨑",
    given_name: "髙子",
    family_kana: "ﾖｼｻﾞｷ",
    given_kana: "タカコ",
    postal: "〒２２６－００２５",
    town: "十日市場町",
    address: "１−２",
    telephone: "０４５ー９８２ー３５２２",
    mail: "takako@example.jp",
    "child_name[0]": "光",
    "child_kana[0]": "ヒカル",
    "child_birth[0]": "令和５年６月１０日",
  };
  for (const [field, text] of Object.entries(person)) {
    await page.locator(`[name="${field}"]`).fill(text);
  }
  await people.press("入力した内容を確かめる");
  const main = page.locator("main");
  await expect(main).toContainText("𠮷﨑 髙子");
  await expect(main).toContainText("ヨシザキ");
  await expect(main).toContainText("226-0025");
  await expect(main).toContainText("045-982-3522");
  await expect(main).toContainText("2023年6月10日");
  expect(await main.getByRole("link", { name: /変更/ }).count()).toBeGreaterThanOrEqual(7);
  await main.getByRole("button", { name: "登録して、案内リンクを出す" }).click();
  await ready();
  await expect(main).toContainText("案内リンク");
  await expect(main.locator(".kp-copy")).toHaveText(/\/invitations\/[\w-]{43}$/);
});
