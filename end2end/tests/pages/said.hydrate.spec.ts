// WCAG 4.1.3: what changes is said once, when it has settled, and what a button did is said at all.
import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

// A new link takes away the one before.
test.use({ city: "said" });

test("a request's day and its fee are said when the typing rests, not at every key", async ({ page, visit, ready }) => {
  await new People(page, visit, ready).are("hanako");
  await visit("/requests/new");
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    for (const region of document.querySelectorAll("main [role=status]")) {
      new MutationObserver(() => said.push(region.textContent ?? "")).observe(region, {
        characterData: true,
        childList: true,
        subtree: true,
      });
    }
  });
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said.filter((text) => text !== ""));
  const type = async (field: string, text: string) => {
    await page.locator(field).pressSequentially(text, { delay: 20 });
  };
  await type("[name=date]", "2024-04-27");
  await expect(page.locator(".kp-hint").first(), "seen at once").not.toBeEmpty();
  expect(await said(), "nothing while one types").toEqual([]);
  await expect.poll(said).toHaveLength(1);
  await page.getByLabel(/^太郎/).check();
  await type("[name=start]", "10:00");
  await type("[name=end]", "12:00");
  await expect.poll(said).toHaveLength(2);
  expect((await said())[1]).toContain("利用料のめやす");
});

test("whether the link was copied is said beside its button", async ({ page, context, visit, ready }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const people = new People(page, visit, ready);
  await people.are("midori");
  await visit("/desk/members/MEM0040989");
  await page.locator("form[action='/api/member-links'] button").click();
  await ready();
  const copy = page.getByRole("button", { name: "案内リンクをコピーする" });
  const said = page.locator("main").getByRole("status").filter({ hasText: "コピー" });
  await copy.click();
  await expect(said).toHaveText("コピーしました");
  await expect(copy, "the button keeps its words").toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await page.locator(".kp-copy").innerText());

  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("not now", "NotAllowedError"));
  });
  await copy.click();
  await expect(said).toHaveText("コピーできませんでした。文字を選んでコピーしてください。");
});
