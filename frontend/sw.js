// The service worker: the hashed assets and two pages for a lost network are kept, nothing else ever is.
// Written in by the build: BUILD names this build's cache, ASSETS lists the hashed files that every page needs.
const PREFIX = "kosapo-";
const CACHE = PREFIX + BUILD;
const OFFLINE = "/offline";
// Stands in for the answer to a form that did not get through. It must not reload itself: that would send the form.
const UNSENT = "/unsent";
// The branches' telephones change between releases too, so the two pages are fetched again once a day.
const DAY = 24 * 60 * 60 * 1000;
const KEPT_AT = "kosapo-kept-at";
// A page opened before a release still asks for the files it was made with.
const KEPT_BUILDS = 3;

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldBuilds().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(page(event, request.method === "GET" ? OFFLINE : UNSENT));
    return;
  }
  if (request.method !== "GET") {
    return;
  }
  const url = new URL(request.url);
  if (url.origin === self.location.origin && url.pathname.startsWith("/pkg/")) {
    event.respondWith(asset(request));
  }
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ASSETS);
  await keepPages(cache);
}

async function keepPages(cache) {
  for (const path of [OFFLINE, UNSENT]) {
    // Without the cookie: the kept page must be the one that a stranger sees.
    const answer = await fetch(new Request(path, { cache: "reload", credentials: "omit" }));
    if (!answer.ok || answer.redirected) {
      throw new Error(`${path} answered ${answer.status}`);
    }
    const headers = new Headers(answer.headers);
    // The text is no longer packed.
    headers.delete("content-encoding");
    headers.delete("content-length");
    headers.set(KEPT_AT, Date.now());
    await cache.put(path, new Response(await answer.text(), { headers }));
  }
}

let triedAt = 0;

/** Fetches the kept pages again when they are a day old; what fails is tried again with a later page, in an hour. */
async function refresh() {
  const now = Date.now();
  const cache = await caches.open(CACHE);
  const kept = await cache.match(UNSENT);
  // A device's clock may have been put back, too.
  const old = Math.abs(now - Number(kept?.headers.get(KEPT_AT))) >= DAY;
  if (old && Math.abs(now - triedAt) >= DAY / 24) {
    triedAt = now;
    await keepPages(cache);
  }
}

async function forgetOldBuilds() {
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  const old = builds.slice(0, Math.max(0, builds.length - (KEPT_BUILDS - 1)));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A page always comes from the server; without a network, a kept page stands in under the same address. */
async function page(event, standIn) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) {
      // Beside the page, never before it.
      event.waitUntil(refresh().catch(() => {}));
    }
    return answer;
  } catch (fault) {
    const kept = await caches.match(standIn, { cacheName: CACHE });
    if (kept) {
      return kept;
    }
    throw fault;
  }
}

/** What a page has needed once is kept: not every page needs the script and the wasm of the islands. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) {
    return kept;
  }
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    // Beside the page; where there is no room the browser's own cache has to do.
    cache.put(request, answer.clone()).catch(() => {});
  }
  return answer;
}
