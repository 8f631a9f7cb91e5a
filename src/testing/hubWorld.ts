/** A Hub on this machine with one model in it, and a cache in a folder that is removed afterwards. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { HubError } from '../hub/failure';
import { folderStorage } from '../hub/folderStorage';
import type { HubContext } from '../hub/plan';
import { platformWire } from '../hub/wire';
import { type HubServer, type ServedRepository, startHubServer } from './hubServer';
import { temporaryFolder } from './temporaryFolder';

export const commit = 'a'.repeat(40);
export const newer = 'b'.repeat(40);
export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Large enough that it comes in many pieces. */
export const weights = new Uint8Array(randomBytes(3_000_000));

/** Files of a repository in roberta-base's shape. */
export const modelFiles = {
  'config.json': jsonBytes({
    model_type: 'roberta',
    vocab_size: 50265,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    max_position_embeddings: 514,
    type_vocab_size: 1,
  }),
  'tokenizer.json': jsonBytes({ model: {} }),
  'README.md': Buffer.from('# A model'),
  'model.safetensors': weights,
  'pytorch_model.bin': new Uint8Array(10),
};

/** Asks for the model below. */
export const robertaRequest = { kind: 'model', repo: 'roberta-base' } as const;

export interface HubWorld {
  server: HubServer;
  folder: string;
  context: HubContext;
  /** What is served; may be changed at any time. The first is the model. */
  repositories: ServedRepository[];
  /** Requests that carried large files. */
  fetched(): HubServer['requests'];
  close(): Promise<void>;
}

export async function openHubWorld(): Promise<HubWorld> {
  const repositories: ServedRepository[] = [
    {
      kind: 'model',
      repo: 'FacebookAI/roberta-base',
      revisions: { main: commit, 'v/1': commit },
      files: { ...modelFiles },
    },
  ];
  const server = await startHubServer(repositories);
  const folder = temporaryFolder('hub');
  return {
    server,
    folder,
    repositories,
    context: {
      endpoint: { url: server.url },
      storage: folderStorage(folder),
      // No rests between attempts: tests wait for nothing.
      wire: { ...platformWire, rest: async () => {} },
    },
    fetched: () => server.requests.filter(({ path }) => path.includes('/lfs/')),
    close: () => server.close(),
  };
}

/** The failure that work must end in. */
export async function failureOf(work: Promise<unknown>): Promise<HubError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

export const contentOf = async (blob: Blob | undefined): Promise<Buffer> =>
  blob ? Buffer.from(await blob.arrayBuffer()) : Buffer.alloc(0);
