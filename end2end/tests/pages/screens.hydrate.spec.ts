// A-A11Y-1, 3, 4, 6 and A-DADS-3, 4 on every page that a person can reach by its links.
import { type Page } from "@playwright/test";

import { People } from "../../support/people.ts";
import { narrow, sideways } from "../../support/sideways.ts";
import { expect, test } from "../../support/test.ts";
import { kindOf, read, sent } from "../../support/walk.ts";

// The longest walks: each on whichever worker is free.
test.describe.configure({ mode: "parallel" });

/** The kinds of page each person must have come through; more may be found. */
const WALKS: Record<string, { start: string; kinds: string[] }> = {
  nobody: { start: "/login", kinds: ["/login", "/contacts", "/offline", "/unsent"] },
  hanako: {
    start: "/",
    kinds: ["/", "/requests", "/requests/new", "/requests/:no", "/reports", "/reports/:no", "/coupons", "/inbox"],
  },
  teikyo: {
    start: "/",
    kinds: ["/", "/offers", "/coordination", "/coordination/:no", "/reports", "/reports/new", "/subsidies", "/claims"],
  },
  midori: {
    start: "/desk",
    kinds: ["/desk", "/desk/requests/:no", "/desk/requests/new", "/desk/members", "/desk/members/new", "/desk/members/:no"],
  },
  honbu: { start: "/hq", kinds: ["/hq", "/claims"] },
};

for (const [user, { start, kinds }] of Object.entries(WALKS)) {
  test(`every page of ${user} can be read, reached and pressed`, async ({ page, visit, ready, accessible }, testInfo) => {
    test.setTimeout(180_000);
    if (user !== "nobody") {
      await new People(page, visit, ready).are(user);
    }
    const phone = testInfo.project.name === "phone";
    const faults: string[] = [];
    const seen = new Set<string>();
    // Some pages are reached by an accident only, such as the one for a lost network.
    const waiting = [start, ...kinds.filter((kind) => !kind.includes(":"))];
    const answers: string[] = [];
    page.on("response", (answer) => {
      if (answer.request().isNavigationRequest() && answer.status() >= 400) {
        answers.push(`answers ${answer.status()}`);
      }
    });
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const kind = kindOf(path);
      if (seen.has(kind)) {
        continue;
      }
      seen.add(kind);
      answers.length = 0;
      await visit(path);
      waiting.push(...(await read(page)).links);
      const found = [
        ...answers,
        ...(await added(page, path)),
        ...(await layout(page, phone)),
        ...(await targets(page)),
        ...(phone ? [] : await focus(page)),
      ];
      await accessible().catch((fault: Error) => found.push(fault.message));
      faults.push(...found.map((fault) => `${path}: ${fault}`));
    }
    expect(faults).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining(kinds));
  });
}

test("a request is made with the keyboard alone", async ({ page, visit, ready }) => {
  const keys = page.keyboard;
  const to = async (id: string) => {
    for (let step = 0; step < 80; step++) {
      if (await page.evaluate((id) => document.activeElement?.id === id, id)) {
        return;
      }
      await keys.press("Tab");
    }
    throw new Error(`Tab does not reach ${id}`);
  };
  const enter = async (path: RegExp) => {
    await keys.press("Enter");
    await page.waitForURL(path);
    await ready();
  };
  await visit("/login?next=/requests/new");
  await to("user_id");
  await keys.type("hanako");
  await to("password");
  await keys.type("kosapo-demo");
  await enter(/requests\/new/);
  await to("date");
  await keys.type("2024-04-27");
  await to("start");
  await keys.type("10:00");
  await to("end");
  await keys.type("12:00");
  await to("children");
  await keys.press("Space");
  await to("care_kind");
  await keys.press("Space");
  await to("care_place");
  await keys.press("Space");
  await enter(/requests\/check/);
  await page.locator("main button.kp-button--primary").focus();
  await enter(/requests\/CDK\d+\/done/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("依頼を受け付けました");
});

/** Script adds no button that Enter would press. */
async function added(page: Page, path: string): Promise<string[]> {
  const pressed = ({ forms }: Awaited<ReturnType<typeof read>>) => forms.map(({ action, button }) => `${action} 「${button}」`);
  const before = pressed(await sent(page, path));
  return pressed(await read(page)).filter((form) => !before.includes(form)).map((form) => `Enter presses ${form} with script only`);
}

/** One h1, and nothing sideways: at every size, at 200 % and with the text spacing of WCAG 1.4.12. */
async function layout(page: Page, phone: boolean): Promise<string[]> {
  const faults: string[] = [];
  const headings = await page.locator("h1").count();
  if (headings !== 1) {
    faults.push(`${headings} h1`);
  }
  const measure = async (what: string) => {
    faults.push(...(await sideways(page)).map((over) => `${what}: ${over}`));
  };
  await measure("as it is");
  const size = page.viewportSize();
  if (!phone) {
    faults.push(...(await narrow(page)));
    // Zoomed to 200 %, a browser of 1280 px has room for 640 and moves the breakpoints accordingly.
    await page.setViewportSize({ width: 640, height: 450 });
    await measure("200 %");
    await page.setViewportSize({ width: 320, height: 640 });
  }
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }",
    );
    document.adoptedStyleSheets = [sheet];
  });
  await measure("text spacing");
  await page.evaluate(() => (document.adoptedStyleSheets = []));
  if (size) {
    await page.setViewportSize(size);
  }
  return faults;
}

/** What is pressed is large enough; words inside a sentence are let off, as WCAG 2.5.8 does. */
function targets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const inSentence = (one: HTMLElement) =>
      getComputedStyle(one).display === "inline" && one.closest("p, li, dd, td")?.textContent?.trim() !== one.textContent?.trim();
    for (const one of document.querySelectorAll<HTMLElement>("a[href], button, summary, select, textarea, input")) {
      if (one.matches("[type=hidden], [aria-hidden=true], .kp-skip") || !one.checkVisibility() || inSentence(one)) {
        continue;
      }
      const area = one.matches("[type=radio], [type=checkbox]") ? (one.closest(".kp-choice") ?? one) : one;
      const box = area.getBoundingClientRect();
      const parts = [one, ...((one as HTMLInputElement).labels ?? [])];
      const after = parts.flatMap((own) => ["::before", "::after"].map((part) => parseFloat(getComputedStyle(own, part).height) || 0));
      const height = Math.max(box.height, ...after);
      const due = one.matches(".kp-button--primary") && !one.closest(".kp-page--wide") ? 48 : 44;
      if (box.width > 0 && height < due - 0.5) {
        faults.push(`${one.tagName}.${one.className} 「${one.innerText?.trim().slice(0, 20)}」 is ${height} px high`);
      }
    }
    return [...new Set(faults)];
  });
}

/** The focus of everything Tab reaches looks as A-DADS-3 says. */
async function focus(page: Page): Promise<string[]> {
  // From here on the browser shows focus as it does for a keyboard.
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const faults: string[] = [];
    const all = document.querySelectorAll<HTMLElement>("a[href], button, summary, select, textarea, input, [tabindex='0']");
    for (const one of all) {
      if (one.matches("[type=hidden], [aria-hidden=true]") || !one.checkVisibility()) {
        continue;
      }
      one.focus();
      const style = getComputedStyle(one);
      const look = [style.outlineStyle, style.outlineWidth, style.outlineColor, style.outlineOffset, style.boxShadow];
      const shown = look.join(" ");
      if (shown !== "solid 4px rgb(0, 0, 0) 2px rgb(255, 212, 61) 0px 0px 0px 2px") {
        faults.push(`focus of ${one.tagName}.${one.className}: ${shown}`);
      }
    }
    return [...new Set(faults)];
  });
}
