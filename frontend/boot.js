// Starts what a page needs from the browser: its islands, the way back from the offline page, the service worker.
// ISLANDS_URL and CALENDAR_URL, the hashed addresses of what only some pages load, are written in by the build.
import { wakeOrSay } from "./asleep.js";
import { listenAtTheDesk } from "./desk.js";
import { bringBackTyped, guardTyped, resizeInPlace } from "./forms.js";

/** The offline page stands in for the page that was asked for: ask again as soon as the server answers. */
function returnWhenOnline() {
  if (!document.querySelector("[data-offline]") || location.pathname === "/offline") {
    return;
  }
  const again = async () => {
    const health = await fetch("/healthz", { cache: "no-store" }).catch(() => undefined);
    if (health?.ok) {
      location.reload();
    }
  };
  // The event comes when there is a network, which is often a moment before it carries anything.
  window.addEventListener("online", again);
  setInterval(again, 5_000);
}

/** The menu closes as people expect: with Escape, and by pressing anywhere else. */
function closeMenu() {
  const menu = document.querySelector("details.kp-menu");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu?.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu?.open && !menu.contains(event.target)) {
      menu.open = false;
    }
  });
}

/** The open case is seen in the queue beside it; only the queue scrolls, never the page. */
function showOpenCase() {
  const here = document.querySelector(".kp-queue__link[aria-current]");
  const queue = here?.closest(".kp-desk__queue");
  if (!queue || queue.clientHeight === queue.scrollHeight) {
    return;
  }
  const place = here.getBoundingClientRect();
  const middle = queue.getBoundingClientRect().top + queue.clientHeight / 2;
  if (place.bottom > Math.min(queue.getBoundingClientRect().bottom, window.innerHeight)) {
    queue.scrollTop += place.top - middle;
  }
}

/** Buttons that only the browser can answer; hidden until there is script. */
function wakeButtons() {
  const answers = {
    print: () => window.print(),
    back: () => history.back(),
    again: () => location.reload(),
    copy,
    show: showPassword,
  };
  for (const button of document.querySelectorAll("button[data-does]")) {
    button.addEventListener("click", answers[button.dataset.does]);
    // Opened by its own address, the page for what was not sent stands in for no form.
    button.hidden = button.dataset.does === "again" && location.pathname === "/unsent";
  }
}

/** Shows a password while it is typed, or hides it again. */
function showPassword({ currentTarget: button }) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.querySelector("span").textContent = hidden ? "パスワードを隠す" : "パスワードを表示する";
}

async function copy(event) {
  const said = event.currentTarget.nextElementSibling;
  try {
    await navigator.clipboard.writeText(document.querySelector(".kp-copy")?.textContent ?? "");
    said.replaceChildren("コピーしました");
  } catch {
    // A browser refuses, or has no clipboard for this address.
    said.replaceChildren("コピーできませんでした。文字を選んでコピーしてください。");
  }
}

/** A calendar beside each date field: its script comes when it is asked for. */
function offerCalendars() {
  for (const field of document.querySelectorAll("input[data-days]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kp-button kp-button--secondary kp-field__calendar";
    button.setAttribute("aria-haspopup", "dialog");
    const whose = document.createElement("span");
    whose.className = "kp-hidden";
    whose.textContent = `${field.labels[0].firstChild.textContent.trim()}の`;
    button.append(whose, "カレンダー");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      said.textContent = "";
      try {
        const { open } = await import(CALENDAR_URL);
        await open(field, button);
      } catch {
        said.textContent = "カレンダーを開けませんでした。日付を入力してください。";
      }
    });
    field.after(button, said);
  }
}

async function start() {
  const islands = [...document.querySelectorAll("leptos-island")];
  if (islands.length > 0) {
    await wakeOrSay(islands);
  }
  // An island wakes on the nodes that the server drew, so nothing is added before.
  offerCalendars();
  document.body.dataset.hydrated = "";
}

returnWhenOnline();
closeMenu();
showOpenCase();
wakeButtons();
listenAtTheDesk();
resizeInPlace();
bringBackTyped();
guardTyped();
start();
if ("serviceWorker" in navigator) {
  // Without a service worker everything but the offline page works, so a refusal is no fault.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
