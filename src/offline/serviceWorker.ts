/**
 * Keeps the whole site for use without a network: everything that was built, by content hash. Downloads from the Hub pass
 * through untouched. A newer version is fetched beside the old one and waits until the page asks for it.
 */
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';

/** The built files, set by `scripts/offlineCopy.ts`. */
declare const __SITE_FILES__: { url: string; revision: string | null }[];

/** What this file needs of a service worker's global scope; the compiler's library here is the page's. */
interface ServiceWorkerScope {
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

// The first visit is the copy's too: a newer one then waits for it, as for every later visit.
clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute(__SITE_FILES__);

const scope = self as unknown as ServiceWorkerScope;
scope.addEventListener('message', ({ data }) => {
  if (data === 'take over') void scope.skipWaiting();
});
