// From page to page by the links that a person sees, in the browser or as the server sends them.
import { expect, type Page } from "@playwright/test";

/** A page's kind: its path with `:no` for what is numbered, without what a query chooses. */
export function kindOf(path: string): string {
  return path.replace(/[?#].*/, "").replace(/\/(CDK|EKH|KSK|MEM)?\d+(?=\/|$)/g, "/:no");
}

/** A form as it is sent: the words of the button that Enter presses in its fields, and whether it has any. */
export interface Form {
  action: string;
  button: string;
  /** Where there are only buttons, Enter presses the one that has the focus. */
  typed: boolean;
  /** Stands in the page's own part and sends what is not shown in the address. */
  posts: boolean;
}

/** What a walk needs of a page. */
export interface Read {
  /** The pages of the product to which it leads; a file for the calendar is none. */
  links: string[];
  forms: Form[];
  /** Something on it wakes. */
  island: boolean;
}

/** Reads the page at hand. */
export function read(page: Page): Promise<Read> {
  return page.evaluate(reading, undefined);
}

/** Reads a page as the server sends it: a walk that only looks for links and forms draws nothing. */
export async function sent(page: Page, path: string): Promise<Read> {
  const answer = await page.request.get(path);
  expect(answer.status(), path).toBeLessThan(500);
  return page.evaluate(reading, await answer.text());
}

function reading(html: string | undefined): Read {
  const shown = html === undefined ? document : new DOMParser().parseFromString(html, "text/html");
  const links = [...shown.querySelectorAll("a[href]")]
    .map((link) => link.getAttribute("href") ?? "")
    .filter((href) => href.startsWith("/") && !href.startsWith("/api/") && !href.endsWith(".ics"));
  const forms = [...shown.querySelectorAll("form")].map((form) => {
    const fields = [...form.elements];
    return {
      action: form.getAttribute("action") ?? "",
      button: fields.find((one) => one.matches("button:not([type]), button[type=submit]"))?.textContent?.trim() ?? "",
      typed: fields.some((one) => one.matches("input:not([type=hidden]), select, textarea")),
      posts: form.matches("main form[method=post]"),
    };
  });
  return { links, forms, island: shown.querySelector("leptos-island") !== null };
}
