/** Where the Hub is and who asks, kept in this browser alone and never in links, run records, results or logs. */
import { defaultEndpointUrl, type HubEndpoint } from '../../hub/endpoint';
import { readText, type TextStorage, writeText } from '../textStorage';

const urlKey = 'autolora-hub-endpoint';
const tokenKey = 'autolora-hub-token';

/** The address outlives the tab; the token does not, since every page of the same origin could read it. */
export interface HubSettingsStorage {
  lasting?: TextStorage;
  ofTab?: TextStorage;
}

/** What was kept, or the Hub itself without a token. Never throws. */
export function readHubSettings({ lasting, ofTab }: HubSettingsStorage): HubEndpoint {
  const token = readText(ofTab, tokenKey);
  return { url: readText(lasting, urlKey) ?? defaultEndpointUrl, ...(token && { token }) };
}

export function writeHubSettings({ lasting, ofTab }: HubSettingsStorage, { url, token }: HubEndpoint): void {
  writeText(lasting, urlKey, url === defaultEndpointUrl ? undefined : url);
  writeText(ofTab, tokenKey, token);
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
