/** What is kept of the Hub's address and token, and for how long. */
import { describe, expect, it } from 'vitest';
import { defaultEndpointUrl } from '../../hub/endpoint';
import { MemorySettings } from '../../testing/memorySettings';
import type { TextStorage } from '../textStorage';
import { movedEndpoint, readHubSettings, writeHubSettings } from './hubSettings';

describe('the settings of the Hub', () => {
  it('keep the address for good and the token for this tab', () => {
    const [lasting, ofTab] = [new MemorySettings(), new MemorySettings()];
    const endpoint = { url: 'https://mirror.example', token: 'hf_secret' };
    writeHubSettings({ lasting, ofTab }, endpoint);
    expect(readHubSettings({ lasting, ofTab })).toEqual(endpoint);
    expect(JSON.stringify([...lasting.kept])).not.toContain('hf_secret');
    expect(readHubSettings({ lasting, ofTab: new MemorySettings() })).toEqual({ url: endpoint.url });
    writeHubSettings({ lasting, ofTab }, { url: defaultEndpointUrl });
    expect([lasting.kept.size, ofTab.kept.size]).toEqual([0, 0]);
  });

  it('are the Hub without a token where the browser keeps nothing', () => {
    const forbidden: TextStorage = {
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('forbidden');
      },
      removeItem: () => {
        throw new Error('forbidden');
      },
    };
    writeHubSettings({ lasting: forbidden, ofTab: forbidden }, { url: 'https://a.example', token: 'x' });
    expect(readHubSettings({ lasting: forbidden, ofTab: forbidden })).toEqual({ url: defaultEndpointUrl });
    expect(readHubSettings({})).toEqual({ url: defaultEndpointUrl });
  });
});

describe('movedEndpoint', () => {
  const before = { url: 'https://huggingface.co', token: 'hf_secret' };

  it('leaves a token behind that was given for another origin', () => {
    expect(movedEndpoint(before, { ...before, url: 'https://mirror.example' })).toEqual({
      url: 'https://mirror.example',
    });
    expect(movedEndpoint(before, { ...before, url: 'https://huggingface.co/mirror' })).toEqual({
      ...before,
      url: 'https://huggingface.co/mirror',
    });
  });

  it('takes a token that was typed for the new one', () => {
    const asked = { url: 'https://mirror.example', token: 'another' };
    expect(movedEndpoint(before, asked)).toEqual(asked);
  });
});
