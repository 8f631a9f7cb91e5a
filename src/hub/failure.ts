/** What can go wrong with the Hub, each as one sentence for people: what, where, how to mend it. Never with a token in it. */

/**
 * `request`: asked for wrongly; `access`: private, gated, or a token that does not open it; `missing`: repository,
 * revision or file; `network`: offline, unreachable, broken off; `server`: it answered with an error; `content`: what came
 * is not what was announced; `unusable`: no model or data set that this program reads; `storage`: no room, or another
 * tab writes; `cancelled`: by the person, what came is kept.
 */
export type HubFailureKind =
  | 'request'
  | 'access'
  | 'missing'
  | 'network'
  | 'server'
  | 'content'
  | 'unusable'
  | 'storage'
  | 'cancelled';

export class HubError extends Error {
  override readonly name = 'HubError';
  constructor(
    readonly kind: HubFailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** What a request was about, for the sentence. */
export interface Subject {
  /** Address of the endpoint, which holds no secret. */
  endpoint: string;
  repo: string;
  revision: string;
  /** The file, or undefined for the repository as a whole. */
  path?: string;
  withToken: boolean;
}

/** The sentence for an HTTP status that is no success. */
export function statusFailure(
  response: Response,
  { endpoint, repo, revision, path, withToken }: Subject,
): HubError {
  const code = response.headers.get('x-error-code');
  const { status } = response;
  if (code === 'GatedRepo' || (status === 403 && code !== 'RepoNotFound')) {
    const how = withToken
      ? 'accept its conditions there with the account of your token, or take a token that may read it'
      : 'accept its conditions there and give a token of your account';
    return new HubError('access', `${repo} is gated or private at ${endpoint} (${status}): ${how}.`);
  }
  if (status === 401 || code === 'RepoNotFound') {
    const how = withToken
      ? 'Check the name, and that your token is valid and may read it'
      : 'Check the name; if it is private, give a token that may read it';
    return new HubError(
      status === 401 ? 'access' : 'missing',
      `${endpoint} shows no ${repo} (${status}): it does not exist or is private. ${how}.`,
    );
  }
  if (code === 'RevisionNotFound')
    return new HubError(
      'missing',
      `${repo} has no revision "${revision}" at ${endpoint}; give a branch, a tag or a commit, or none for main.`,
    );
  if (status === 404)
    return new HubError(
      'missing',
      code === 'EntryNotFound' && path
        ? `${repo} has no file ${path} at revision ${revision} (${endpoint}).`
        : `${endpoint} has no ${path ? `${path} in ` : ''}${repo} at revision ${revision} (404); check the name and the revision.`,
    );
  const wait = status === 429 ? 'it asks for patience' : 'it is in trouble';
  return new HubError(
    'server',
    `${endpoint} answered ${status} for ${path ?? repo}: ${wait}. Try again later; what was downloaded is kept.`,
  );
}

/** The sentence for a request that got no answer, or whose answer broke off. */
export function networkFailure(endpoint: string, what: string, error: unknown, online: boolean): HubError {
  if (!online)
    return new HubError(
      'network',
      `This computer is offline, so ${what} cannot be fetched from ${endpoint}; what was downloaded is kept.`,
    );
  // Messages of fetch may quote headers, so that only the plain code of a cause is passed on.
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  const reason = typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? ` (${code})` : '';
  return new HubError(
    'network',
    `${endpoint} could not be reached for ${what}, or broke off${reason}: check the connection and the endpoint's ` +
      'address (a mirror must also let other sites read it, by CORS). What was downloaded is kept.',
  );
}

export const cancelled = (what: string): HubError =>
  new HubError(
    'cancelled',
    `The download of ${what} was stopped; what came is kept, and it goes on from there.`,
  );
