// What scrolls sideways: in the usual windows, with letters of several sizes.
import { type Page } from "@playwright/test";

/** What is wider than the window, with letters of each of some sizes: as they are, our own 大きな文字, other ones for 16 px. */
export function sideways(page: Page, sizes = [""]): Promise<string[]> {
  return page.evaluate((sizes) => {
    const root = document.documentElement;
    const wide = (size: string) => {
      document.querySelector(".kp-page")?.classList.toggle("kp-page--large", size === "large");
      root.style.fontSize = size === "large" ? "" : size;
      const room = root.clientWidth;
      if (root.scrollWidth <= room) {
        return [];
      }
      const last = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 1).at(-1);
      return [`${root.scrollWidth} px in ${room}, letters ${size || "as they are"}, ${last?.tagName}.${last?.className}`];
    };
    const faults = sizes.flatMap(wide);
    root.style.fontSize = "";
    document.querySelector(".kp-page")?.classList.remove("kp-page--large");
    return faults;
  }, sizes);
}

/** The widths of the usual windows, and the sizes of letters with which each is measured. */
const WINDOWS: [width: number, letters: string[]][] = [
  [320, ["", "large", "24px", "32px"]],
  [390, ["", "large", "32px"]],
  [768, ["", "large", "32px"]],
  [1024, ["", "large", "32px"]],
  [1280, ["large", "32px"]],
];

/** Nothing sideways in the usual windows, whatever the size of the letters. */
export async function narrow(page: Page): Promise<string[]> {
  const faults: string[] = [];
  const size = page.viewportSize();
  for (const [width, letters] of WINDOWS) {
    await page.setViewportSize({ width, height: 640 });
    faults.push(...(await sideways(page, letters)));
  }
  if (size) {
    await page.setViewportSize(size);
  }
  return faults;
}
