/** Files that lie beside the page, and what is said where they do not come. */
import { afterEach, expect, it, vi } from 'vitest';
import { fetchEmbeddedModel } from './embeddedModel';

afterEach(() => vi.unstubAllGlobals());

/** Answers every address, but one file's by `answer`. */
function serve(file: string, answer: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', async (address: string) =>
    address.endsWith(file) ? answer() : new Response(address),
  );
}
const load = () => fetchEmbeddedModel('tiny', (file) => `/models/tiny/${file}`);

it('fetches the three files of a checkpoint', async () => {
  serve('nothing', () => new Response());
  const files = await load();
  expect(files.map(({ name }) => name)).toEqual(['config.json', 'tokenizer.json', 'model.safetensors']);
  expect(await files[2]?.blob.text()).toBe('/models/tiny/model.safetensors');
});

it('says of a file that is not there what to serve, also where a server sends its page instead', async () => {
  serve('tokenizer.json', () => new Response('', { status: 404 }));
  await expect(load()).rejects.toThrow(
    'The embedded model "tiny" could not be loaded: its tokenizer.json is not there (HTTP 404). Serve the whole folder',
  );
  serve('config.json', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }));
  await expect(load()).rejects.toThrow('its config.json is not there');
});

it('says of a server that does not answer, or breaks off, that the network is to be looked at', async () => {
  const sentence = 'the server did not send its model.safetensors. Check the network';
  serve('model.safetensors', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(load()).rejects.toThrow(sentence);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('reset')) });
  serve('model.safetensors', () => new Response(broken));
  await expect(load()).rejects.toThrow(sentence);
});
