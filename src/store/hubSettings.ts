/** Where the Hub is and who asks, kept in this browser alone: never in links, run records, results or logs. */
import { defaultEndpointUrl, type HubEndpoint } from '../hub/endpoint';

const key = 'autolora-hub';

/** Somewhere to keep a text; the browser's localStorage, or a test's own. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What was kept, or the Hub itself without a token. Never throws: a browser may forbid it. */
export function readHubSettings(storage: TextStorage | undefined): HubEndpoint {
  try {
    const kept = JSON.parse(storage?.getItem(key) ?? '{}') as Partial<HubEndpoint>;
    const url = typeof kept.url === 'string' && kept.url ? kept.url : defaultEndpointUrl;
    return typeof kept.token === 'string' && kept.token ? { url, token: kept.token } : { url };
  } catch {
    return { url: defaultEndpointUrl };
  }
}

/** @returns false where the browser keeps nothing. */
export function writeHubSettings(storage: TextStorage | undefined, endpoint: HubEndpoint): boolean {
  try {
    if (endpoint.url === defaultEndpointUrl && !endpoint.token) storage?.removeItem(key);
    else storage?.setItem(key, JSON.stringify(endpoint));
    return storage !== undefined;
  } catch {
    return false;
  }
}
