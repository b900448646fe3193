// C-CACHE-1 and the budget: what a member's first page loads, as it is served.
import { request as http } from "node:http";

import { People } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

const BUDGET = 180_000;
/** The wasm of a member's pages. */
const WASM_BUDGET = 170_000;
/** A page that only shows a password. */
const PLAIN_BUDGET = 10_000;

/** Asks as a browser does, without unpacking what comes. */
function ask(url: string, coding: string): Promise<{ headers: Record<string, unknown>; bytes: number }> {
  return new Promise((resolve, reject) => {
    http(url, { headers: { "accept-encoding": coding } }, (response) => {
      let bytes = 0;
      response.on("data", (chunk) => (bytes += chunk.length));
      response.on("end", () => resolve({ headers: { ...response.headers, status: response.statusCode }, bytes }));
    })
      .on("error", reject)
      .end();
  });
}

test("a login loads no wasm", async ({ page, visit }) => {
  const loaded = new Set<string>();
  page.on("request", (request) => loaded.add(request.url()));
  await visit("/login");
  const files = [...loaded].filter((url) => new URL(url).pathname.startsWith("/pkg/"));
  expect(files.map((url) => url.split(".").at(-1)).sort()).toEqual(["css", "js"]);
  const script = await ask(files.find((url) => url.endsWith(".js")) ?? "", "br");
  expect(script.bytes).toBeLessThanOrEqual(PLAIN_BUDGET);
});

test("script and wasm are small, compressed, and kept for a year", async ({ page, visit, ready, kosapo }) => {
  const loaded = new Set<string>();
  page.on("request", (request) => loaded.add(request.url()));
  await new People(page, visit, ready).are("hanako");
  await visit("/fee");
  const files = [...loaded].filter((url) => new URL(url).pathname.startsWith("/pkg/"));
  expect(files.map((url) => url.split(".").at(-1)).sort()).toEqual(["css", "js", "js", "wasm"]);
  let bytes = 0;
  for (const url of files) {
    expect(url).toMatch(/\.[0-9a-f]{12}\.(css|js|wasm)$/);
    for (const coding of ["br", "gzip"]) {
      const answer = await ask(url, coding);
      expect(answer.headers).toMatchObject({
        status: 200,
        "cache-control": "public, max-age=31536000, immutable",
        "content-encoding": coding,
        "x-content-type-options": "nosniff",
      });
      if (url.endsWith(".wasm")) {
        expect(answer.headers["content-type"]).toBe("application/wasm");
        expect(coding === "gzip" || answer.bytes <= WASM_BUDGET, `${answer.bytes} bytes of wasm`).toBe(true);
      }
      bytes += coding === "br" && !url.endsWith(".css") ? answer.bytes : 0;
    }
  }
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes, "wasm and script, brotli").toBeLessThanOrEqual(BUDGET);

  const worker = await ask(`${kosapo}/sw.js`, "br");
  expect(worker.headers).toMatchObject({ status: 200, "cache-control": "no-cache" });
  expect(worker.headers.etag).toBeTruthy();
});

test("the password shows and hides", async ({ page, visit }) => {
  await visit("/login");
  const password = page.locator("[name=password]");
  await password.fill("kosapo-demo");
  await page.getByRole("button", { name: "パスワードを表示する" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "パスワードを隠す" }).click();
  await expect(password).toHaveAttribute("type", "password");
  await expect(password).toHaveValue("kosapo-demo");
});

test("a page without an island is ready too", async ({ page, ready }) => {
  await page.goto("/offline");
  await ready();
  await expect(page.locator("leptos-island")).toHaveCount(0);
});
