/** Asking a Hub: one fetch with the token where it belongs, patience with a weak network, and sentences for failures. */
import { authorizationFor, type HubEndpoint } from './endpoint';
import { cancelled, HubError, networkFailure, type Subject, statusFailure } from './failure';

/** What the outside world gives; tests give their own. */
export interface Wire {
  fetch: typeof fetch;
  /** Rests; rejects at once when the signal is given. */
  rest(ms: number, signal?: AbortSignal): Promise<void>;
  /** False only where the platform is sure. */
  online(): boolean;
  now(): number;
}

export const platformWire: Wire = {
  fetch: (input, init) => fetch(input, init),
  rest: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
  online: () => typeof navigator === 'undefined' || navigator.onLine !== false,
  now: () => performance.now(),
};

/** Milliseconds to rest before each further attempt: with a person waiting for an answer, or with a download going on. */
const RESTS_MS = { short: [300, 1000], long: [500, 1000, 2000, 4000, 8000] } as const;
const LONGEST_REST_MS = 30_000;

/** Counts attempts that brought nothing, and rests between them. */
export class Patience {
  private failures = 0;

  constructor(
    private readonly wire: Wire,
    private readonly length: keyof typeof RESTS_MS,
    private readonly signal?: AbortSignal,
  ) {}

  /** Something came: the next failure is the first again. */
  renew(): void {
    this.failures = 0;
  }

  /** Rests, and returns true; false where patience has run out. `atLeastMs` is what the server asks for. */
  async rest(atLeastMs = 0): Promise<boolean> {
    const rest = RESTS_MS[this.length][this.failures];
    if (rest === undefined) return false;
    this.failures++;
    await this.wire.rest(Math.min(LONGEST_REST_MS, Math.max(rest, atLeastMs)), this.signal);
    return true;
  }
}

export interface Question {
  endpoint: HubEndpoint;
  url: string;
  subject: Omit<Subject, 'endpoint' | 'withToken'>;
  method?: 'GET' | 'HEAD';
  /** First byte wanted. A Range header also makes the platform ask for unpacked bytes, so that sizes are of the file. */
  from?: number;
  signal?: AbortSignal;
  /** Short where not given. */
  patience?: 'short' | 'long';
  /** Which failures are answers too. */
  accept?(response: Response): boolean;
}

/**
 * One request with retries where no answer came or the server is in passing trouble (408, 429, 5xx).
 *
 * The token goes into the Authorization header of a request to the endpoint's own origin. Redirects are followed by the
 * platform: the Fetch standard takes that header off when a redirect leaves the origin (Node's fetch does, Chromium does
 * since 119), and a page has no say in it, since redirects that it would follow by hand are opaque to it. Cookies and
 * the referrer are never sent, and nothing is put into the HTTP cache.
 * @throws HubError
 */
export async function ask(wire: Wire, question: Question): Promise<Response> {
  const { endpoint, url, subject, method = 'GET', from, signal } = question;
  const about: Subject = { ...subject, endpoint: endpoint.url, withToken: endpoint.token !== undefined };
  const what = subject.path ? `${subject.path} of ${subject.repo}` : subject.repo;
  const patience = new Patience(wire, question.patience ?? 'short', signal);
  const headers: Record<string, string> = authorizationFor(endpoint, url);
  if (from !== undefined) headers.Range = `bytes=${from}-`;
  try {
    for (;;) {
      let response: Response;
      try {
        response = await wire.fetch(url, {
          method,
          headers,
          signal,
          redirect: 'follow',
          credentials: 'omit',
          referrerPolicy: 'no-referrer',
          cache: 'no-store',
        });
      } catch (error) {
        if (signal?.aborted) throw error;
        if (wire.online() && (await patience.rest())) continue;
        throw networkFailure(endpoint.url, what, error, wire.online());
      }
      const { status } = response;
      if (response.ok || question.accept?.(response)) return response;
      await response.body?.cancel();
      const passing = status === 408 || status === 429 || status >= 500;
      const asked = Number(response.headers.get('retry-after')) * 1000 || 0;
      if (passing && status !== 501 && (await patience.rest(asked))) continue;
      throw statusFailure(response, about);
    }
  } catch (error) {
    if (signal?.aborted && !(error instanceof HubError)) throw cancelled(what);
    throw error;
  }
}

/** The JSON of an answer. @throws HubError where it is a web page or damaged. */
export async function jsonOf(response: Response, { endpoint, subject, signal }: Question): Promise<unknown> {
  const what = subject.path ?? `the listing of ${subject.repo}`;
  try {
    const text = await response.text();
    if (/^\s*</.test(text)) throw pageInstead(what, endpoint.url);
    return JSON.parse(text);
  } catch (error) {
    if (signal?.aborted) throw cancelled(what);
    if (error instanceof HubError) throw error;
    throw new HubError(
      'content',
      `${what} as ${endpoint.url} gives it is not valid JSON; try again, or another endpoint.`,
    );
  }
}

export const pageInstead = (what: string, endpoint: string): HubError =>
  new HubError(
    'content',
    `${endpoint} answered with a web page instead of ${what}: a sign-in page or a proxy stands before it, or it is no Hub.`,
  );
