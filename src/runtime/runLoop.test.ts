/** The loop against a session that only counts: order, exclusion, pausing, batching, failing. */
import { describe, expect, it, vi } from 'vitest';
import type { AskedStep, TelemetryEvent } from '../telemetry/events';
import type { FromWorker, Progress } from './protocol';
import { createYield, type PlayedSession, RunLoop } from './runLoop';

class CountedSession implements PlayedSession {
  through = false;
  status: Progress['status'] = 'paused';
  step = 0;
  busy = 0;
  disposed = false;
  failAt = Number.POSITIVE_INFINITY;
  remainingMs = 1;
  /** What each step was asked as. */
  readonly asked: (AskedStep | undefined)[] = [];

  constructor(
    readonly steps: number,
    readonly thresholdAt = Number.POSITIVE_INFINITY,
  ) {}

  get waiting(): boolean {
    return this.status === 'thresholded' && !this.through;
  }

  get stepsLeft(): number {
    return this.steps - this.step;
  }

  get progress(): Progress {
    const { status, step, steps, remainingMs } = this;
    return {
      status,
      role: 'autolora',
      phase: 'search',
      step,
      steps,
      stepMs: 1,
      remainingMs,
      tensors: 0,
      bytes: 0,
    };
  }

  async advance(asked?: AskedStep): Promise<TelemetryEvent[]> {
    this.asked.push(asked);
    expect(this.busy).toBe(0);
    this.busy += 1;
    await Promise.resolve();
    this.busy -= 1;
    this.step += 1;
    if (this.step === this.failAt) throw new Error('the loss is NaN');
    if (this.step === this.thresholdAt && !this.through) this.status = 'thresholded';
    if (this.step === this.steps) this.status = 'finished';
    return [{ type: 'notice', level: 'info', message: `step ${this.step}` }];
  }

  dispose(): void {
    this.disposed = true;
  }
}

function looped(session: CountedSession, msPerStep = 1) {
  const posts: FromWorker[] = [];
  const clock = { ms: 0 };
  const loop = new RunLoop<CountedSession>(
    (message) => posts.push(message),
    (error) => (error as Error).message,
    async () => {
      clock.ms += msPerStep;
      await new Promise((resolve) => setImmediate(resolve));
    },
    () => clock.ms,
  );
  loop.replace(session);
  const messages = () =>
    posts.flatMap((post) =>
      post.type === 'telemetry' ? post.events.map((event) => (event as { message: string }).message) : [],
    );
  const progress = () => posts.findLast((post) => post.type === 'progress')?.progress;
  const status = () => progress()?.status;
  const until = async (ready: () => boolean) => {
    while (!ready()) await new Promise((resolve) => setImmediate(resolve));
  };
  return { loop, posts, messages, progress, status, until };
}

describe('RunLoop', () => {
  it('plays to the end, says everything once and in order, and then stands finished', async () => {
    const session = new CountedSession(30);
    const { loop, messages, status, until } = looped(session);
    loop.play(false);
    await until(() => status() === 'finished');
    expect(messages()).toEqual(Array.from({ length: 30 }, (_, i) => `step ${i + 1}`));
    expect(() => loop.play(false)).toThrow('finished');
  });

  it('posts at most ten times a second', async () => {
    const { loop, posts, status, until } = looped(new CountedSession(500), 2);
    loop.play(false);
    await until(() => status() === 'finished');
    const telemetry = posts.filter(({ type }) => type === 'telemetry');
    // 500 steps of 2 ms are one second; the last post does not wait.
    expect(telemetry.length).toBeGreaterThan(5);
    expect(telemetry.length).toBeLessThanOrEqual(12);
  });

  it('stops at the threshold unless it may go through', async () => {
    const stopping = looped(new CountedSession(20, 5));
    stopping.loop.play(false);
    await stopping.until(() => stopping.status() === 'thresholded');
    expect(stopping.loop.loaded.step).toBe(5);
    expect(() => stopping.loop.play(false)).toThrow('Retrain');
    const passing = looped(new CountedSession(20, 5));
    passing.loop.play(true);
    await passing.until(() => passing.status() === 'finished');
    expect(passing.loop.loaded.step).toBe(20);
  });

  it('lets exclusive work in between two steps, pauses, and steps by hand', async () => {
    const session = new CountedSession(10_000);
    const { loop, status, until } = looped(session);
    loop.play(false);
    await until(() => session.step > 3);
    const seen = await loop.exclusively(async () => {
      const before = session.step;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return [before, session.step];
    });
    expect(seen[0]).toBe(seen[1]);
    loop.pause();
    await until(() => status() === 'paused');
    const stood = session.step;
    await loop.step('both');
    expect(session.step).toBe(stood + 1);
    loop.flush();
    expect(status()).toBe('paused');
  });

  it('says what a step failed of and stands paused', async () => {
    const session = new CountedSession(100);
    session.failAt = 7;
    const { loop, posts, status, until } = looped(session);
    loop.play(false);
    await until(() => status() === 'paused');
    const notices = posts.flatMap((post) => (post.type === 'telemetry' ? post.events : []));
    expect(notices.at(-1)).toEqual({ type: 'notice', level: 'error', message: 'the loss is NaN' });
  });

  it('tells training that came to no number from other failures, until the run goes on', async () => {
    const session = new CountedSession(1_000_000);
    const { loop, progress, until } = looped(session);
    const failure = { type: 'notice', level: 'error', message: 'No number.' } as const;
    const failed = (more: { reason?: 'diverged' }) => {
      loop.say([{ ...failure, ...more }]);
      loop.flush();
      return progress();
    };
    expect(failed({})).toMatchObject({ status: 'paused', failure: 'No number.' });
    expect(progress()?.diverged).toBeUndefined();
    expect(failed({ reason: 'diverged' })).toMatchObject({ failure: 'No number.', diverged: true });
    loop.play(false);
    await until(() => progress()?.status === 'running');
    loop.pause();
    await until(() => progress()?.status === 'paused');
    expect(progress()?.diverged).toBeUndefined();
  });

  const refusal = 'The GPU refused a computation.';

  it('stops for what the device refused, says it once, and gives nothing of that session away', async () => {
    const session = new CountedSession(1_000_000);
    const { loop, messages, progress, until } = looped(session);
    loop.play(false);
    await until(() => session.step > 2);
    loop.refused(refusal);
    loop.refused(refusal);
    expect(progress()).toMatchObject({ status: 'paused', failure: refusal, untrusted: true });
    expect(messages().filter((message) => message === refusal)).toHaveLength(1);
    // What a session does is all behind `loaded`, `ask`, `play` and `step`.
    expect(() => loop.play(false)).toThrow(refusal);
    await expect(loop.step('both')).rejects.toThrow(refusal);
    const ask = vi.fn(async () => 'weights');
    await expect(loop.ask(ask)).rejects.toThrow(refusal);
    expect(ask).not.toHaveBeenCalled();
    expect(session.step).toBeLessThanOrEqual(4);
  });

  it('does not answer with what the device refused to compute for the answer', async () => {
    const { loop } = looped(new CountedSession(9));
    const asked = loop.ask(async () => {
      loop.refused(refusal);
      return 'wrong weights';
    });
    await expect(asked).rejects.toThrow(refusal);
  });

  it('trusts the next session, makes room for it first, and says a refusal that comes again', async () => {
    const session = new CountedSession(9);
    const { loop, messages, progress } = looped(session);
    loop.refused(refusal);
    const next = new CountedSession(1_000_000);
    await loop.load(async () => {
      expect(session.disposed).toBe(true);
      return next;
    });
    await loop.step('both');
    loop.flush();
    expect(progress()).not.toHaveProperty('untrusted');
    expect(next.step).toBe(1);
    loop.refused(refusal);
    expect(messages().filter((message) => message === refusal)).toHaveLength(2);
  });

  it('fails a load that the device refused work for, and leaves the session before in place', async () => {
    const session = new CountedSession(9);
    const { loop, messages } = looped(session);
    const next = new CountedSession(9);
    const load = loop.load(async () => {
      loop.refused(refusal);
      return next;
    });
    await expect(load).rejects.toThrow(refusal);
    expect(next.disposed).toBe(true);
    expect(session.disposed).toBe(false);
    expect(loop.loaded).toBe(session);
    expect(messages()).not.toContain(refusal);
    await loop.load(async () => next);
    expect(session.disposed).toBe(true);
    expect(loop.loaded).toBe(next);
  });

  it('drops what an old session still says once another stands in its place', async () => {
    const { loop, messages, until } = looped(new CountedSession(1_000_000));
    const old = loop.loaded;
    loop.play(false);
    await until(() => old.step > 2);
    const next = new CountedSession(3);
    await loop.exclusively(async () => loop.replace(next));
    const told = messages().length;
    let turns = 0;
    await until(() => ++turns > 20);
    expect(messages().length).toBe(told);
    expect(next.step).toBe(0);
    expect(loop.loaded).toBe(next);
  });

  it('says how long it will rest, beside the time that is left', async () => {
    const session = new CountedSession(9);
    const { loop, progress } = looped(session);
    await loop.step('both');
    loop.slow(500);
    loop.flush();
    expect(progress()).toMatchObject({ remainingMs: 1, restMs: 8 * 500 });
    loop.slow(0);
    loop.flush();
    expect(progress()).not.toHaveProperty('restMs');
    session.remainingMs = 0;
    loop.slow(500);
    loop.flush();
    expect(progress()?.remainingMs).toBe(0);
  });

  it('asks to be told of every step that a person watches in slow motion', async () => {
    const session = new CountedSession(4);
    const { loop, until } = looped(session);
    loop.slow(1);
    loop.play(true);
    await until(() => session.step > 1);
    loop.slow(0);
    await until(() => session.progress.status === 'finished');
    expect(session.asked[0]).toBe('watched');
    expect(session.asked.at(-1)).toBeUndefined();
  });

  it('asks for a load before anything else', () => {
    const { loop } = looped(new CountedSession(1));
    loop.replace(undefined);
    expect(() => loop.play(false)).toThrow('No experiment is loaded yet');
  });
});

describe('createYield', () => {
  it("goes on without timers, which a hidden tab slows down, and lets another channel's messages in", async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate'] });
    try {
      const letMessagesIn = createYield();
      const { port1, port2 } = new MessageChannel();
      let heard = false;
      port1.onmessage = () => {
        heard = true;
      };
      port2.postMessage(null);
      // Node hands a port up to a thousand messages at a time, a browser one.
      for (let turn = 0; turn < 5000 && !heard; turn++) await letMessagesIn();
      expect(heard).toBe(true);
      port1.close();
    } finally {
      vi.useRealTimers();
    }
  });
});
