/** Where the Hub is and who asks, kept in this browser alone and never in links, run records, results or logs. */
import { defaultEndpointUrl, type HubEndpoint } from '../../hub/endpoint';

const urlKey = 'autolora-hub-endpoint';
const tokenKey = 'autolora-hub-token';

/** Somewhere to keep a text; the browser's own storages, or a test's. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The address outlives the tab; the token does not, since every page of the same origin could read it. */
export interface HubSettingsStorage {
  lasting?: TextStorage;
  ofTab?: TextStorage;
}

const read = (storage: TextStorage | undefined, key: string): string | undefined => {
  try {
    return storage?.getItem(key) || undefined;
  } catch {
    return undefined;
  }
};

const write = (storage: TextStorage | undefined, key: string, text: string | undefined): void => {
  try {
    if (text) storage?.setItem(key, text);
    else storage?.removeItem(key);
  } catch {
    // A browser may forbid it: then it is kept for this page only.
  }
};

/** What was kept, or the Hub itself without a token. Never throws. */
export function readHubSettings({ lasting, ofTab }: HubSettingsStorage): HubEndpoint {
  const token = read(ofTab, tokenKey);
  return { url: read(lasting, urlKey) ?? defaultEndpointUrl, ...(token && { token }) };
}

export function writeHubSettings({ lasting, ofTab }: HubSettingsStorage, { url, token }: HubEndpoint): void {
  write(lasting, urlKey, url === defaultEndpointUrl ? undefined : url);
  write(ofTab, tokenKey, token);
}

const originOf = (url: string): string => {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
};

/** What a person asked for, without a token that was given for another origin. */
export function movedEndpoint(before: HubEndpoint, asked: HubEndpoint): HubEndpoint {
  const { url, token } = asked;
  const isForeign = token === before.token && originOf(url) !== originOf(before.url);
  return token && !isForeign ? { url, token } : { url };
}
