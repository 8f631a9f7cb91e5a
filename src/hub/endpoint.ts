/** Where a Hub is and who asks: its address, the addresses of repositories and files, and where the token may go. */
import { HubError } from './failure';

export interface HubEndpoint {
  /** `https://huggingface.co`, or a mirror of the same paths; without a slash at its end. */
  url: string;
  /** For private and gated repositories. Sent to the endpoint's own origin as a header, and nowhere else. */
  token?: string;
}

export const defaultEndpointUrl = 'https://huggingface.co';

export type RepositoryKind = 'model' | 'dataset';

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|\[::1\]|.*\.localhost)$/.test(host);

/**
 * The endpoint in its plain form.
 * @throws HubError with one sentence, which never holds the token.
 */
export function checkEndpoint({ url, token }: HubEndpoint): HubEndpoint {
  const fail = (message: string): never => {
    throw new HubError('request', message);
  };
  if (!URL.canParse(url))
    fail('The address of the Hub is no web address; it looks like https://huggingface.co.');
  const parsed = new URL(url);
  if (parsed.username || parsed.password)
    fail('The address of the Hub holds a name or password; leave it out and give a token instead.');
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    fail(`The address of the Hub begins with ${parsed.protocol}; it must be https: or http:.`);
  if (parsed.search || parsed.hash)
    fail(
      `The address of the Hub goes on after its path; ${parsed.origin}${parsed.pathname} would be enough.`,
    );
  const plain = `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
  const secret = token?.trim();
  if (!secret) return { url: plain };
  // fetch would quote the whole header in its own complaint.
  if (!/^[\x21-\x7e]+$/.test(secret))
    fail('The token holds spaces or characters that no token has; copy it again.');
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname))
    fail(`A token would travel readably to ${plain}; use https, or leave the token out.`);
  return { url: plain, token: secret };
}

/** The header that carries the token, where an address is of the endpoint's own origin; else none. */
export function authorizationFor({ url, token }: HubEndpoint, address: string): Record<string, string> {
  return token && new URL(address).origin === new URL(url).origin ? { Authorization: `Bearer ${token}` } : {};
}

const segments = (path: string) => path.split('/').map(encodeURIComponent).join('/');
const plural = { model: 'models', dataset: 'datasets' } as const;

/** Address of one file at a branch, tag or commit. */
export function resolveUrl(
  { url }: HubEndpoint,
  kind: RepositoryKind,
  repo: string,
  revision: string,
  path: string,
): string {
  const prefix = kind === 'dataset' ? 'datasets/' : '';
  return `${url}/${prefix}${repo}/resolve/${encodeURIComponent(revision)}/${segments(path)}`;
}

/** Address of the listing of a folder (`''` is the root). */
export function treeUrl(
  { url }: HubEndpoint,
  kind: RepositoryKind,
  repo: string,
  revision: string,
  folder = '',
): string {
  const below = folder ? `/${segments(folder)}` : '';
  return `${url}/api/${plural[kind]}/${repo}/tree/${encodeURIComponent(revision)}${below}`;
}

/** Address of what the Hub knows about a revision; `sha` in it is the commit. */
export function revisionUrl(
  endpoint: HubEndpoint,
  kind: RepositoryKind,
  repo: string,
  revision: string,
): string {
  return `${endpoint.url}/api/${plural[kind]}/${repo}/revision/${encodeURIComponent(revision)}`;
}

/** Address of the list of a data set's Parquet files. */
export function parquetUrl({ url }: HubEndpoint, repo: string): string {
  return `${url}/api/datasets/${repo}/parquet`;
}
