/** The models that lie beside the page, as the worker fetches them. */
import type { FileBlob } from './protocol';

/**
 * @param addressOf address of one of the model's files
 * @throws Error with what is wrong and what to do: a file that the site does not have, or a server that does not answer
 */
export async function fetchEmbeddedModel(
  name: string,
  addressOf: (file: string) => string,
): Promise<FileBlob[]> {
  const fault = (what: string) => new Error(`The embedded model "${name}" could not be loaded: ${what}`);
  const unanswered = (file: string) =>
    fault(
      `the server did not send its ${file}. Check the network and that the server still runs, then try again.`,
    );
  return Promise.all(
    ['config.json', 'tokenizer.json', 'model.safetensors'].map(async (file) => {
      const response = await fetch(addressOf(file)).catch(() => {
        throw unanswered(file);
      });
      // A development server answers an unknown path with the page itself.
      if (!response.ok || response.headers.get('content-type')?.includes('text/html')) {
        throw fault(
          `its ${file} is not there (HTTP ${response.status}). Serve the whole folder that the build makes, models included.`,
        );
      }
      // The connection may also break off in the middle.
      const blob = await response.blob().catch(() => {
        throw unanswered(file);
      });
      return { name: file, blob };
    }),
  );
}
