// From page to page by the links that a person sees.
import { type Page } from "@playwright/test";

/** A page's kind: its path with `:no` for what is numbered, without what a query chooses. */
export function kindOf(path: string): string {
  return path.replace(/[?#].*/, "").replace(/\/(CDK|EKH|KSK|MEM)?\d+(?=\/|$)/g, "/:no");
}

/** The pages of the product to which the page at hand leads; a file for the calendar is none. */
export function links(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("a[href]")]
      .map((link) => link.getAttribute("href") ?? "")
      .filter((href) => href.startsWith("/") && !href.startsWith("/api/") && !href.endsWith(".ics")),
  );
}
