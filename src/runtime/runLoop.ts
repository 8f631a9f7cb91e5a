/**
 * Plays an experiment step by step between requests: one unit of work at a time, nothing in the middle of it, and
 * telemetry and progress in at most ten posts a second.
 */
import { awaits } from '../telemetry/awaits';
import type { AskedStep, NoticeEvent, StepHalf, TelemetryEvent } from '../telemetry/events';
import type { FromWorker, Progress } from './protocol';

/** The part of ExperimentSession that playing needs. */
export interface PlayedSession {
  readonly progress: Progress;
  /** Steps until the end, of all phases. */
  readonly stepsLeft: number;
  through: boolean;
  /** True while only a person can decide how to go on; `advance` does nothing then. */
  readonly waiting: boolean;
  advance(asked?: AskedStep): Promise<TelemetryEvent[]>;
  /** Lets go of what the device holds for it. */
  dispose(): void;
}

/** Shortest time between two posts of telemetry. */
const postEveryMs = 100;

/**
 * Lets messages in and goes on at once. Unlike timers, the messages of a channel are not slowed down in a tab that is
 * hidden, and unlike promises they wait their turn behind messages from the page.
 */
export function createYield(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

export class RunLoop<S extends PlayedSession> {
  private session: S | undefined;
  private playing = false;
  /** Counts the calls of play: only the latest loop goes on. */
  private round = 0;
  private restMs = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private events: TelemetryEvent[] = [];
  /** Why the loaded session's numbers cannot be trusted: the device refused to compute some of them. */
  private distrust: string | undefined;
  /** The load under way, and what the device refused meanwhile. */
  private opening: { refusal?: string } | undefined;
  /** The last error notice, until the run goes on. */
  private failure: NoticeEvent | undefined;
  private lastPost = Number.NEGATIVE_INFINITY;
  private readonly letMessagesIn: () => Promise<void>;

  /** @param sentenceOf turns what a step threw into a sentence; undefined keeps it quiet (the device is lost). */
  constructor(
    private readonly post: (message: FromWorker) => void,
    private readonly sentenceOf: (error: unknown) => string | undefined,
    letMessagesIn: () => Promise<void> = createYield(),
    private readonly now: () => number = () => performance.now(),
  ) {
    this.letMessagesIn = letMessagesIn;
  }

  /** The loaded session. @throws Error when nothing is loaded, or what is loaded cannot be trusted. */
  get loaded(): S {
    if (!this.session) throw new Error('No experiment is loaded yet: load one first.');
    if (this.distrust) throw new Error(this.distrust);
    return this.session;
  }

  get current(): S | undefined {
    return this.session;
  }

  /** Puts another session (or none) in the place of the one before, which is disposed. */
  replace(session: S | undefined): void {
    const old = this.session;
    this.playing = false;
    this.session = session;
    this.distrust = undefined;
    this.failure = undefined;
    this.events = [];
    old?.dispose();
  }

  /**
   * Loads a session. The old one goes only when the new one stands, so that a failed load changes nothing; one that cannot be
   * trusted goes first, and makes room.
   * @throws Error of `open`, or what the device refused meanwhile
   */
  async load(open: () => Promise<S>): Promise<void> {
    if (this.distrust) this.replace(undefined);
    const opening: { refusal?: string } = {};
    this.opening = opening;
    try {
      const session = await open();
      if (opening.refusal) session.dispose();
      else this.replace(session);
    } finally {
      this.opening = undefined;
    }
    if (opening.refusal) throw new Error(opening.refusal);
  }

  /** Runs `act` when no step is under way, and holds steps back until it is done. */
  exclusively<T>(act: () => Promise<T>): Promise<T> {
    const result = this.turn.then(act);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /**
   * Asks the loaded session something when no step is under way.
   * @throws Error where nothing is loaded, or what the device refused before or meanwhile
   */
  ask<T>(question: (session: S) => Promise<T>): Promise<T> {
    return this.exclusively(async () => {
      const answer = await question(this.loaded);
      if (this.distrust) throw new Error(this.distrust);
      return answer;
    });
  }

  /** Starts or goes on; returns at once. */
  play(through: boolean): void {
    const session = this.loaded;
    session.through = through;
    this.checkCanGoOn(session);
    if (this.playing) return;
    this.failure = undefined;
    this.playing = true;
    this.round += 1;
    void this.run(session, this.round);
  }

  pause(): void {
    this.playing = false;
  }

  /**
   * The device refused work: the load under way fails; else playing stops, says why, once for each reason, and nothing of the
   * session is given away until another is loaded.
   */
  refused(message: string): void {
    if (this.opening) {
      this.opening.refusal ??= message;
      return;
    }
    this.playing = false;
    if (!this.session || this.distrust === message) return;
    this.distrust = message;
    this.failure = { type: 'notice', level: 'error', message };
    this.events.push(this.failure);
    this.flush();
  }

  /** Milliseconds to rest after each step. */
  slow(restMs: number): void {
    this.restMs = Math.max(0, restMs);
  }

  /** One step by hand; pauses first. */
  async step(half: StepHalf): Promise<void> {
    this.playing = false;
    await this.ask(async (session) => {
      this.checkCanGoOn(session);
      this.failure = undefined;
      this.say(await session.advance(half));
    });
  }

  /** @throws Error with what a person has to do where `advance` would do nothing. */
  private checkCanGoOn({ progress, waiting }: S): void {
    if (progress.status === 'finished') throw new Error('The run is finished: reset it to start again.');
    if (!waiting) return;
    if (progress.status === 'thresholded') throw new Error(awaits.retrain);
    if (progress.phase === 'threshold') throw new Error(awaits.threshold);
    throw new Error('The loss is no longer a number: reset the run and lower the learning rate.');
  }

  /** Adds events to the next post. */
  say(events: readonly TelemetryEvent[]): void {
    this.events.push(...events);
    for (const event of events) if (event.type === 'notice' && event.level === 'error') this.failure = event;
    if (this.now() - this.lastPost >= postEveryMs) this.flush();
  }

  /** Posts what has been said, and where the run stands; before every answer, so that order is kept. */
  flush(): void {
    this.lastPost = this.now();
    if (this.events.length > 0) {
      this.post({ type: 'telemetry', events: this.events });
      this.events = [];
    }
    if (this.session) this.post({ type: 'progress', progress: this.progressOf(this.session) });
  }

  private progressOf(session: S): Progress {
    const progress = this.restful(session);
    if (this.distrust) return { ...progress, status: 'paused', failure: this.distrust, untrusted: true };
    const stands = progress.status === 'finished' || progress.status === 'thresholded';
    if (stands) return progress;
    if (this.playing) return { ...progress, status: 'running' };
    if (!this.failure) return { ...progress, status: 'paused' };
    const { message, reason } = this.failure;
    return { ...progress, status: 'paused', failure: message, ...(reason && { diverged: true }) };
  }

  /** Where the run stands, with the rests that are still to come. */
  private restful({ progress, stepsLeft }: S): Progress {
    return this.restMs > 0 ? { ...progress, restMs: stepsLeft * this.restMs } : progress;
  }

  private async run(session: S, round: number): Promise<void> {
    // A loop that rests while a person pauses and plays again has been replaced by another.
    const isCurrent = () => this.session === session && this.round === round;
    const goesOn = () => this.playing && isCurrent();
    try {
      while (goesOn()) {
        await this.exclusively(async () => {
          if (goesOn()) this.say(await session.advance(this.restMs > 0 ? 'watched' : undefined));
        });
        if (session.waiting || session.progress.status === 'finished') break;
        if (this.restMs > 0) await new Promise((resolve) => setTimeout(resolve, this.restMs));
        await this.letMessagesIn();
      }
    } catch (error) {
      const message = this.sentenceOf(error);
      const notice: NoticeEvent | undefined = message
        ? { type: 'notice', level: 'error', message }
        : undefined;
      if (isCurrent() && notice) this.say([notice]);
    }
    if (!isCurrent()) return;
    this.playing = false;
    this.flush();
  }
}
