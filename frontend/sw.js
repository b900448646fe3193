// The service worker: the hashed assets and two pages for a lost network are kept, nothing else ever is.
// Written in by the build: BUILD names this build's cache, ASSETS lists the hashed files.
const PREFIX = "kosapo-";
const CACHE = PREFIX + BUILD;
const OFFLINE = "/offline";
// Stands in for the answer to a form that did not get through. It must not reload itself: that would send the form.
const UNSENT = "/unsent";
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
    event.respondWith(page(request, request.method === "GET" ? OFFLINE : UNSENT));
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
  for (const path of [OFFLINE, UNSENT]) {
    // Without the cookie: the kept page must be the one that a stranger sees.
    const answer = await fetch(new Request(path, { cache: "reload", credentials: "omit" }));
    if (!answer.ok || answer.redirected) {
      throw new Error(`${path} answered ${answer.status}`);
    }
    await cache.put(path, answer);
  }
}

async function forgetOldBuilds() {
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  const old = builds.slice(0, Math.max(0, builds.length - (KEPT_BUILDS - 1)));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A page always comes from the server; without a network, a kept page stands in under the same address. */
async function page(request, standIn) {
  try {
    return await fetch(request);
  } catch (fault) {
    const kept = await caches.match(standIn, { cacheName: CACHE });
    if (kept) {
      return kept;
    }
    throw fault;
  }
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}
