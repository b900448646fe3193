// Islands that cannot wake: where WebAssembly is missing, its file does not come, or somebody else has changed the page.
// They say so, and the page works as without script. A sum that what is typed no longer belongs to is not shown.
import { isChanged } from "./forms.js";

/** What a browser's translation or an extension that adds readings puts around our words; no page of ours has these. */
const FOREIGN = "font, ruby";
/** What an island computes. */
const COMPUTED = ".kp-report__sum, .kp-hint";

let asleep = false;

/** Wakes the islands, and watches that they stay as they are. */
export async function wakeOrSay(islands) {
  const sleep = () => putToSleep(islands);
  if (islands.some((island) => island.querySelector(FOREIGN))) {
    sleep();
    return;
  }
  // A fault in the wasm while it is awake leaves it unable to go on.
  window.addEventListener("error", (event) => {
    if (isTrap(event.error)) {
      sleep();
    }
  });
  window.addEventListener("unhandledrejection", (event) => {
    if (isTrap(event.reason)) {
      sleep();
    }
  });
  try {
    const { wakeIslands } = await import(ISLANDS_URL);
    // The page may have been translated while the files came.
    if (islands.some((island) => island.querySelector(FOREIGN))) {
      sleep();
      return;
    }
    await wakeIslands(document.body);
  } catch (fault) {
    console.warn("The islands of this page sleep:", fault);
    sleep();
    return;
  }
  // A translated word is another node than the one that the wasm writes to: what it writes would be seen no more.
  const watch = new MutationObserver(() => {
    if (islands.some((island) => island.querySelector(FOREIGN))) {
      watch.disconnect();
      sleep();
    }
  });
  islands.forEach((island) => watch.observe(island, { childList: true, subtree: true }));
}

function isTrap(fault) {
  return typeof WebAssembly === "object" && fault instanceof WebAssembly.RuntimeError;
}

function putToSleep(islands) {
  if (asleep) {
    return;
  }
  asleep = true;
  document.body.dataset.asleep = "";
  for (const island of islands) {
    const computed = [...island.querySelectorAll(COMPUTED)];
    if (computed.length === 0) {
      continue;
    }
    const button = (island.closest("form") ?? island).querySelector(".kp-calculate button");
    const note = document.createElement("p");
    note.className = "kp-asleep";
    note.setAttribute("role", "status");
    note.textContent = button
      ? `この画面では自動で計算されません。入力が終わったら「${button.textContent.trim()}」を押してください。`
      : "この画面では自動で計算されません。金額は次の確認画面で確かめられます。";
    computed[0].before(note);
    const forget = () => computed.forEach((part) => (part.hidden = true));
    island.addEventListener("input", forget);
    island.addEventListener("change", forget);
    // What was typed or restored before: the sum was another's.
    const form = island.closest("form");
    if (form && isChanged(form)) {
      forget();
    }
  }
}
