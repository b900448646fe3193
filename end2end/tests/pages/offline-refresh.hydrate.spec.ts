// The pages kept for a lost network do not grow old: a branch's telephone may change between two releases.
import { expect, test } from "../../support/test.ts";

test.use({ serviceWorkers: "allow" });

const TEXTS = `Promise.all(["/offline", "/unsent"].map(async (path) => (await caches.match(path)).text()))`;

/** Puts pages into the cache that say `old` and were kept so many hours ago. */
const age = async (hours: number) => {
  const [name] = (await caches.keys()).filter((key) => key.startsWith("kosapo-"));
  const cache = await caches.open(name);
  for (const path of ["/offline", "/unsent"]) {
    const headers = { "kosapo-kept-at": String(Date.now() - hours * 3_600_000) };
    await cache.put(path, new Response("old", { headers }));
  }
};

test("pages kept for a day are fetched again beside the next page, younger ones are left", async ({ page, visit }) => {
  await visit("/login");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.evaluate(age, 23);
  await page.goto("/contacts");
  await page.waitForLoadState("networkidle");
  expect(await page.evaluate(TEXTS)).toEqual(["old", "old"]);
  await page.evaluate(age, 25);
  await page.goto("/contacts");
  await expect.poll(() => page.evaluate(TEXTS)).toEqual([
    expect.stringContaining("支部の電話番号"),
    expect.stringContaining("送れませんでした"),
  ]);
});
