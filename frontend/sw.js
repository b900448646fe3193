// The service worker: the hashed assets and the offline page are kept, nothing else ever is.
// Written in by the build: BUILD names this build's cache, ASSETS lists the hashed files.
const PREFIX = "kosapo-";
const CACHE = PREFIX + BUILD;
const OFFLINE = "/offline";
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
  if (request.method !== "GET") {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request));
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
  // Without the cookie: the kept page must be the one that a stranger sees.
  const offline = await fetch(new Request(OFFLINE, { cache: "reload", credentials: "omit" }));
  if (!offline.ok || offline.redirected) {
    throw new Error(`${OFFLINE} answered ${offline.status}`);
  }
  await cache.put(OFFLINE, offline);
}

async function forgetOldBuilds() {
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  const old = builds.slice(0, Math.max(0, builds.length - (KEPT_BUILDS - 1)));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A page always comes from the server; without a network, the offline page stands in under the same address. */
async function page(request) {
  try {
    return await fetch(request);
  } catch (fault) {
    const offline = await caches.match(OFFLINE, { cacheName: CACHE });
    if (offline) {
      return offline;
    }
    throw fault;
  }
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}
