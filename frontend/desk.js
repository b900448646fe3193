// What an open desk hears: 「新着1件」 above the queue when somebody else's step touched a case. No row moves by itself;
// pressed, it brings the queue as it is now and leaves what is open or typed beside it alone.

const QUEUE = ".kp-desk__queue";
const ROW = ".kp-queue__link";

/** Listens while the page is looked at; a hidden one would hold a connection that the browser's other pages need. */
export function listenAtTheDesk() {
  if (!news() || !("EventSource" in window)) {
    return;
  }
  let stream;
  const look = () => {
    if (document.hidden) {
      stream?.close();
      stream = undefined;
    } else if (!stream || stream.readyState === EventSource.CLOSED) {
      stream = open();
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
}

/** The place of the news; with the event that the queue was drawn at, and the address that draws it. */
function news() {
  return document.querySelector("[data-live]");
}

/** The first message comes at once, so whoever was away asks what was missed. */
function open() {
  const stream = new EventSource("/desk/live");
  stream.addEventListener("reached", ask);
  stream.addEventListener("ended", () => stream.close());
  return stream;
}

async function ask() {
  const place = news();
  const since = place.dataset.live;
  const answer = await fetch(`/desk/news?since=${since}`, { cache: "no-store" }).catch(() => undefined);
  const { cases } = answer?.status === 200 ? await answer.json() : { cases: 0 };
  const words = `新着${cases}件`;
  // The queue may have been brought meanwhile.
  if (!cases || place !== news() || since !== place.dataset.live || place.textContent === words) {
    return;
  }
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = words;
  link.addEventListener("click", bring);
  place.replaceChildren(link);
}

/** Asks the desk for its page, which knows how the queue is drawn and who may see it, and takes the queue out of it. */
async function bring(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  event.preventDefault();
  const address = new URL(news().dataset.queue, location);
  const answer = await fetch(address, { cache: "no-store" }).catch(() => undefined);
  if (!answer?.ok || answer.redirected) {
    // Signed out, or no network: the page itself says so, and asks before it leaves what was typed.
    location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = new Set([...document.querySelectorAll(ROW)].map(content));
  // The desk without a case holds nothing but the queue and what is counted from it.
  const part = address.pathname + address.search === location.pathname + location.search ? "main" : QUEUE;
  const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
  const scrolled = document.querySelector(QUEUE).scrollTop;
  bringIcons(page);
  old.replaceChildren(...fresh.childNodes);
  document.querySelector(QUEUE).scrollTop = scrolled;
  const rows = [...document.querySelectorAll(ROW)];
  rows.find((row) => row.pathname === location.pathname)?.setAttribute("aria-current", "page");
  const changed = rows.filter((row) => !before.has(content(row)));
  changed.forEach(mark);
  (changed[0] ?? document.querySelector(`${QUEUE} a`)).focus();
}

/** What a row says, and in which group. */
function content(row) {
  return `${row.closest("section").querySelector("h2 .kp-queue__label").textContent} ${row.pathname} ${row.textContent}`;
}

function mark(row) {
  const tag = document.createElement("span");
  tag.className = "kp-tag--new";
  tag.textContent = "新着";
  row.querySelector(".kp-queue__name").append(" ", tag);
}

/** A page holds the strokes of its own icons alone. */
function bringIcons(page) {
  for (const icon of page.querySelectorAll("symbol")) {
    if (!document.getElementById(icon.id)) {
      document.querySelector("symbol").after(icon);
    }
  }
}
