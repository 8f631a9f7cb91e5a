/** The page's side of the offline copy: starts the service worker, and says when a newer version waits. */

export interface OfflineCopy {
  /** `none`: no copy (yet); `kept`: the site works without a network; `newer`: a newer version waits. */
  readonly status: 'none' | 'kept' | 'newer';
  subscribe(listener: () => void): () => void;
  /** Puts the newer version in place and loads the page anew. */
  update(): void;
  /** Forgets the copy; the next visit makes a new one. Runs and downloads stay. */
  remove(): Promise<void>;
}

type Workers = Pick<ServiceWorkerContainer, 'register' | 'controller'> & EventTarget;

/** Where there are no service workers (an insecure page, a private window), there is no copy. */
export function openOfflineCopy(
  workers: Workers | undefined,
  address: string,
  reload: () => void,
): OfflineCopy & { start(): Promise<void> } {
  let status: OfflineCopy['status'] = 'none';
  let registration: ServiceWorkerRegistration | undefined;
  const listeners = new Set<() => void>();
  const say = (next: OfflineCopy['status']) => {
    if (status === next) return;
    status = next;
    for (const listener of listeners) listener();
  };
  /** A worker that is installed beside an active one is a newer version. */
  const look = () => {
    if (registration?.waiting && registration.active) say('newer');
    // Once another tab has put it in place, this page is still the older one.
    else if (registration?.active && status !== 'newer') say('kept');
  };
  return {
    get status() {
      return status;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      if (!workers) return;
      try {
        registration = await workers.register(address, { updateViaCache: 'none' });
      } catch {
        // A server without sw.js, or a browser that forbids it: the page works all the same, with a network.
        return;
      }
      // Some that forbid it answer with nothing.
      if (!registration) return;
      look();
      const follow = (worker: ServiceWorker | null) => worker?.addEventListener('statechange', look);
      follow(registration.installing);
      registration.addEventListener('updatefound', () => follow(registration?.installing ?? null));
    },
    update() {
      if (status !== 'newer') return;
      // Another tab has put it in place already.
      if (!registration?.waiting) return reload();
      workers?.addEventListener('controllerchange', reload, { once: true });
      registration.waiting.postMessage('take over');
    },
    async remove() {
      // Other pages of the same host have copies of their own, whose caches end in their scopes.
      if (!registration) return;
      const { scope } = registration;
      await registration.unregister();
      for (const name of await caches.keys())
        if (name.startsWith('workbox-precache') && name.endsWith(scope)) await caches.delete(name);
      registration = undefined;
      say('none');
    },
  };
}
