// Serves the till's page when there is no network: registered for `/shop/till`
// alone, by `till.js`, which also fills the cache.
const CACHE = "yuehui-till";
const PAGE = "/shop/till/offline";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/pkg/")) event.respondWith(asset(request));
});

/** The network's answer, or the page that was kept for this moment. */
async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await keptOf(PAGE);
    if (kept) return kept;
    throw error;
  }
}

/** Names under `/pkg` tell their content: what is kept is what would come. */
async function asset(request) {
  return (await keptOf(request.url)) ?? fetch(request);
}

async function keptOf(address) {
  const cache = await caches.open(CACHE);
  return cache.match(address, { ignoreVary: true });
}
