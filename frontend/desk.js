// What an open desk hears: 「新着1件」 above the queue when somebody else's step touched a case. No row moves by itself.

/** Listens while the page is looked at; a hidden one would hold a connection that the browser's other pages need. */
export function listenAtTheDesk() {
  const place = document.querySelector("[data-live]");
  if (!place || !("EventSource" in window)) {
    return;
  }
  let stream;
  const look = () => {
    if (document.hidden) {
      stream?.close();
      stream = undefined;
    } else if (!stream || stream.readyState === EventSource.CLOSED) {
      stream = open(place);
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
}

/** The first message comes at once, so whoever was away asks what was missed. */
function open(place) {
  const stream = new EventSource("/desk/live");
  stream.addEventListener("reached", () => ask(place));
  stream.addEventListener("ended", () => stream.close());
  return stream;
}

async function ask(place) {
  const answer = await fetch(`/desk/news?since=${place.dataset.live}`, { cache: "no-store" }).catch(() => undefined);
  const { cases } = answer?.status === 200 ? await answer.json() : { cases: 0 };
  const words = `新着${cases}件`;
  if (!cases || place.textContent === words) {
    return;
  }
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = words;
  place.replaceChildren(link);
}
