/** Progress of a download in bytes, with its pace over the last seconds. */

export interface HubProgress {
  /** Path of the file that is being fetched. */
  file: string;
  fileBytes: number;
  /** Undefined where the server does not say. */
  fileTotal?: number;
  /** Over all files, those that were already there included. */
  bytes: number;
  total?: number;
  /** Of what came over the network in the last seconds; 0 until known. */
  bytesPerSecond: number;
  /** The connection broke off; after a rest it is tried again. */
  retrying?: true;
}

const WINDOW_MS = 4000;
const INTERVAL_MS = 100;

/**
 * Gathers bytes and speaks at most ten times a second, and at the end of every file. What comes sooner is said when its time
 * has come, so that the last bytes before a stream stalls are not left unsaid.
 */
export class ByteMeter {
  private readonly came: { ms: number; bytes: number }[] = [];
  private spokenMs = Number.NEGATIVE_INFINITY;
  private waiting: Omit<HubProgress, 'bytesPerSecond'> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly now: () => number,
    private readonly speak: (progress: HubProgress) => void = () => {},
  ) {}

  /**
   * @param fresh bytes that just came over the network.
   * @param last speaks in any case.
   */
  note(state: Omit<HubProgress, 'bytesPerSecond'>, fresh: number, last = false): void {
    const ms = this.now();
    if (fresh > 0 || this.came.length === 0) this.came.push({ ms, bytes: fresh });
    while (this.came.length > 2 && (this.came[1]?.ms ?? ms) < ms - WINDOW_MS) this.came.shift();
    this.waiting = state;
    if (last || ms - this.spokenMs >= INTERVAL_MS) this.say();
    else this.timer ??= setTimeout(() => this.say(), INTERVAL_MS - (ms - this.spokenMs));
  }

  /** Says nothing more. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = undefined;
  }

  private say(): void {
    const state = this.waiting;
    this.end();
    if (!state) return;
    const ms = this.now();
    this.spokenMs = ms;
    const span = ms - (this.came[0]?.ms ?? ms);
    const bytes = this.came.slice(1).reduce((sum, sample) => sum + sample.bytes, 0);
    this.speak({ ...state, bytesPerSecond: span > 0 ? (bytes / span) * 1000 : 0 });
  }
}
