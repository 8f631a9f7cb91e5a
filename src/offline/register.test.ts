/** When the page says that it is kept, that a newer version waits, and what it does about it. */
import { describe, expect, it, vi } from 'vitest';
import { openOfflineCopy } from './register';

class FakeWorker extends EventTarget {
  posted: string[] = [];
  postMessage(message: string): void {
    this.posted.push(message);
  }
}

class FakeRegistration extends EventTarget {
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
  active: FakeWorker | null = null;
  scope = 'https://a.test/lora/';
  unregister = vi.fn(async () => true);
}

function fakeWorkers(registration: FakeRegistration | Error) {
  const container = new EventTarget();
  return Object.assign(container, {
    controller: null,
    register: async () => {
      if (registration instanceof Error) throw registration;
      return registration;
    },
  });
}

describe('openOfflineCopy', () => {
  it('says kept once the first copy is made, and newer when another waits beside it', async () => {
    const registration = new FakeRegistration();
    registration.installing = new FakeWorker();
    const workers = fakeWorkers(registration);
    const reload = vi.fn();
    const copy = openOfflineCopy(workers as never, './sw.js', reload);
    const heard: string[] = [];
    copy.subscribe(() => heard.push(copy.status));
    await copy.start();
    expect(copy.status).toBe('none');
    registration.active = registration.installing;
    registration.active.dispatchEvent(new Event('statechange'));
    expect(copy.status).toBe('kept');
    copy.update();
    const next = new FakeWorker();
    registration.installing = next;
    registration.dispatchEvent(new Event('updatefound'));
    registration.waiting = next;
    next.dispatchEvent(new Event('statechange'));
    expect(heard).toEqual(['kept', 'newer']);
    expect(reload).not.toHaveBeenCalled();
    copy.update();
    expect(next.posted).toEqual(['take over']);
    expect(reload).not.toHaveBeenCalled();
    workers.dispatchEvent(new Event('controllerchange'));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('loads the newer version that another tab has put in place', async () => {
    const registration = new FakeRegistration();
    registration.active = new FakeWorker();
    const next = new FakeWorker();
    registration.installing = next;
    const reload = vi.fn();
    const copy = openOfflineCopy(fakeWorkers(registration) as never, './sw.js', reload);
    await copy.start();
    registration.waiting = next;
    next.dispatchEvent(new Event('statechange'));
    expect(copy.status).toBe('newer');
    registration.active = next;
    registration.waiting = null;
    next.dispatchEvent(new Event('statechange'));
    expect(copy.status).toBe('newer');
    copy.update();
    expect(reload).toHaveBeenCalledOnce();
  });

  it('forgets its own copy, and not those of other pages of the host', async () => {
    const registration = new FakeRegistration();
    registration.active = new FakeWorker();
    const names = [
      'workbox-precache-v2-https://a.test/lora/',
      'workbox-precache-v2-https://a.test/other/',
      'x',
    ];
    const deleted: string[] = [];
    vi.stubGlobal('caches', { keys: async () => names, delete: async (name: string) => deleted.push(name) });
    const copy = openOfflineCopy(fakeWorkers(registration) as never, './sw.js', () => {});
    await copy.start();
    await copy.remove();
    vi.unstubAllGlobals();
    expect(registration.unregister).toHaveBeenCalledOnce();
    expect(deleted).toEqual(names.slice(0, 1));
    expect(copy.status).toBe('none');
  });

  it('stays quiet where there are no service workers or none can be started', async () => {
    for (const workers of [undefined, fakeWorkers(new Error('no'))]) {
      const copy = openOfflineCopy(workers as never, './sw.js', () => {});
      await copy.start();
      expect(copy.status).toBe('none');
    }
  });
});
