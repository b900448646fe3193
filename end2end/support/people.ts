// The people of a case, one after the other in one browser.
import { expect, type Page } from "@playwright/test";

/** The password of everybody in the demo. */
const PASSWORD = "kosapo-demo";

/** Fills the login's form at hand as somebody of the demo. */
export async function fillLogin(page: Page, user: string) {
  await page.locator("[name=user_id]").fill(user);
  await page.locator("[name=password]").fill(PASSWORD);
}

/** Fills the form of a request at hand: its day, its hours, the first choice of everything else. */
export async function fillRequest(page: Page, date: string, start: string, end: string) {
  await page.locator("[name=date]").fill(date);
  await page.locator("[name=start]").fill(start);
  await page.locator("[name=end]").fill(end);
  await page.locator("main [name='children[]']").first().check();
  await page.locator("[name=care_kind]").first().check();
  await page.locator("[name=care_place]").first().check();
}

/** Signs people in, presses their buttons and moves the demo's clock. */
export class People {
  constructor(
    private page: Page,
    private visit: (path: string) => Promise<void>,
    private ready: () => Promise<void>,
  ) {}

  /** From the next page on the browser is somebody's: what the login sends, without drawing its page and the home page. */
  async are(user: string) {
    const { request } = await this.signedOut();
    const answer = await request.post("/api/sessions", {
      form: { user_id: user, password: PASSWORD },
      headers: { "sec-fetch-site": "same-origin" },
      maxRedirects: 0,
    });
    expect(answer.headers().location, `${user} signs in`).toBe("/");
  }

  /** Signs somebody in by the login's form, and stays on the home page. */
  async signIn(user: string) {
    await this.signedOut();
    await this.visit("/login");
    await fillLogin(this.page, user);
    await this.press("ログイン", true);
    await expect(this.page.locator("body")).toContainText("ログアウト");
  }

  /** The page at hand is left first: a desk that hears of news would ask for them as somebody else. */
  private async signedOut() {
    if (this.page.url() !== "about:blank") {
      await this.page.goto("about:blank");
    }
    const context = this.page.context();
    await context.clearCookies();
    return context;
  }

  async press(name: string | RegExp, exact = false) {
    await this.page.locator("main").getByRole("button", { name, exact }).first().click();
    await this.ready();
  }

  /** Staff move the demo's clock from the bar at the top of every page: here of a short one. */
  async wait(button: string, times: number) {
    await this.visit("/contacts");
    for (let time = 0; time < times; time++) {
      await this.page.getByRole("button", { name: button }).click();
      await this.page.waitForLoadState();
    }
  }

  async number(pattern: RegExp): Promise<string> {
    const found = (await this.page.locator("main").innerText()).match(pattern);
    expect(found, "the page shows the number").not.toBeNull();
    return found![0];
  }

  async hydrated(): Promise<boolean> {
    return (await this.page.locator("body[data-hydrated]").count()) > 0;
  }

  /** Opens claims until the one with this report is found. */
  async findClaim(report: string) {
    const links = this.page.locator("main").getByRole("link", { name: /KSK/ });
    const paths = [...new Set(await links.evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? "")))];
    for (const path of paths) {
      await this.visit(path);
      if ((await this.page.locator("main").innerText()).includes(report)) {
        return;
      }
    }
    throw new Error(`no claim holds ${report}: ${paths.join(" ")}`);
  }
}
