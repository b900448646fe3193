// A-PWA-1, 4, 5: installable, the offline page, and nothing kept that needs a login.
import { type BrowserContext, type Page } from "@playwright/test";

import { fillLogin } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

test.use({ serviceWorkers: "allow", expectedFaults: [/ERR_INTERNET_DISCONNECTED/] });

test("the manifest names the product and icons of the sizes it says", async ({ page, request, visit }) => {
  await visit("/login");
  const href = await page.locator("link[rel=manifest]").getAttribute("href");
  const answer = await request.get(href ?? "");
  expect(answer.headers()["content-type"]).toBe("application/manifest+json");
  const manifest = await answer.json();
  expect(manifest).toMatchObject({ lang: "ja", display: "standalone", start_url: "/", scope: "/", short_name: "子サポ" });
  expect([...manifest.description].length).toBeLessThanOrEqual(300);
  const kinds = new Set<string>();
  for (const icon of manifest.icons) {
    const picture = await (await request.get(icon.src)).body();
    const size = `${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`;
    expect(size, icon.src).toBe(icon.sizes);
    kinds.add(`${icon.purpose} ${icon.sizes}`);
  }
  for (const shot of manifest.screenshots) {
    const picture = await (await request.get(shot.src)).body();
    expect(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, shot.src).toBe(shot.sizes);
  }
  const forms = manifest.screenshots.map((shot: { form_factor: string }) => shot.form_factor);
  expect(forms.sort()).toEqual(["narrow", "wide"]);
  expect(manifest.shortcuts.map((shortcut: { name: string }) => shortcut.name)).toEqual(["依頼する", "予定", "報告"]);
  expect([...kinds].sort()).toEqual(["any 192x192", "any 512x512", "maskable 192x192", "maskable 512x512"]);
});

test("without a network the offline page stands in, and the page comes back with it", async ({
  page,
  context,
  visit,
}) => {
  await visit("/login");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/login?next=%2Frequests");
  await expect(page.locator("[data-offline]")).toBeVisible();
  await expect(page.getByText("045-").first()).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByLabel("ユーザーID")).toBeVisible();
  expect(new URL(page.url()).search).toBe("?next=%2Frequests");
});

/** Sends the login's form while there is no network. */
async function sendInVain(page: Page, context: BrowserContext, visit: (path: string) => Promise<void>) {
  await visit("/login");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await visit("/login");
  await fillLogin(page, "hanako");
  await context.setOffline(true);
  await page.getByRole("button", { name: "ログイン", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("送れませんでした");
}

test("a form sent without a network says so, and can be sent again", async ({ page, context, visit }) => {
  await sendInVain(page, context, visit);
  await context.setOffline(false);
  await page.getByRole("button", { name: "前の画面に戻る" }).click();
  await expect(page.getByLabel("ユーザーID")).toHaveValue("hanako");
  await page.getByLabel("パスワード").first().fill("kosapo-demo");
  await page.getByRole("button", { name: "ログイン", exact: true }).click();
  await page.waitForURL((url) => url.pathname === "/");
});

test("reloading the page for what was not sent sends it, with everything that was typed", async ({
  page,
  context,
  visit,
}) => {
  await sendInVain(page, context, visit);
  const again = page.getByRole("button", { name: "もう一度送る" });
  await again.click();
  await expect(page.getByRole("heading", { level: 1 }), "still no network").toHaveText("送れませんでした");
  await context.setOffline(false);
  await again.click();
  await page.waitForURL((url) => url.pathname === "/");
});

test("opened by its own address, that page offers to send nothing", async ({ page, visit }) => {
  await visit("/unsent");
  await expect(page.getByRole("button", { name: "前の画面に戻る" })).toBeVisible();
  await expect(page.getByRole("button", { name: "もう一度送る" })).toBeHidden();
});

test("signed in, the browser keeps hashed files and the pages for a lost network only", async ({ page, visit, ready }) => {
  await visit("/login");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await fillLogin(page, "hanako");
  await page.locator("[name=password]").press("Enter");
  await page.waitForURL((url) => url.pathname !== "/login");
  await ready();
  for (const path of ["/requests", "/reports", "/inbox", "/coupons"]) {
    await page.goto(path);
  }
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().map((request) => new URL(request.url).pathname);
  });
  expect(kept).toEqual(expect.arrayContaining(["/offline", "/unsent"]));
  expect(kept.filter((path) => !["/offline", "/unsent"].includes(path) && !path.startsWith("/pkg/"))).toEqual([]);
  const offline = await page.evaluate(async () => (await caches.match("/offline"))?.text());
  expect(offline).not.toContain("木村");
});
