/** Which files of a model's repository this program reads: configuration, weights as safetensors, tokenizer. */
import { HubError } from './failure';
import { fetchCommit, fetchJson, listFolder, lookAtFile, type Place, type RemoteFile } from './listing';
import { type HubModelShape, readModelShape } from './modelShape';

export interface ModelPlan {
  commit?: string;
  files: RemoteFile[];
  shape: HubModelShape;
}

const config = 'config.json';
const single = 'model.safetensors';
const index = 'model.safetensors.index.json';
const tokenizer = 'tokenizer.json';
const vocabulary = ['vocab.json', 'merges.txt'] as const;
const settings = 'tokenizer_config.json';
const known = [config, single, index, tokenizer, ...vocabulary, settings, 'pytorch_model.bin'];

/**
 * The files that a model needs, small ones first.
 * @param names what its root holds.
 * @param shards of the index, where the weights are several files.
 * @throws HubError in one sentence where something is missing.
 */
function neededModelFiles(repo: string, names: ReadonlySet<string>, shards?: readonly string[]): string[] {
  const fail = (message: string): never => {
    throw new HubError('unusable', message);
  };
  if (!names.has(config)) fail(`${repo} holds no config.json, so it is no model that this program can read.`);
  const weights = names.has(single) ? [single] : shards ? [index, ...shards] : [];
  if (weights.length === 0 && [...names].some((name) => /^pytorch_model.*\.bin$/.test(name)))
    fail(
      `${repo} holds only pytorch_model.bin, a Python pickle that cannot be read safely; convert it in Python with ` +
        `AutoModel.from_pretrained("${repo}").save_pretrained("folder", safe_serialization=True) and choose that folder.`,
    );
  if (weights.length === 0)
    fail(`${repo} holds no model.safetensors, so there are no weights that can be read.`);
  const words = names.has(tokenizer) ? [tokenizer] : vocabulary.filter((name) => names.has(name));
  if (words[0] !== tokenizer && words.length < 2)
    fail(
      `${repo} holds neither tokenizer.json nor vocab.json with merges.txt, so its texts cannot be split.`,
    );
  return [config, ...words, ...(names.has(settings) ? [settings] : []), ...weights];
}

/** The shards that an index names. @throws HubError where it is none, or leaves its folder. */
function shardsOf(json: unknown, repo: string): string[] {
  const map = (json as { weight_map?: unknown } | null)?.weight_map;
  const shards = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))].sort() : [];
  if (
    shards.length === 0 ||
    !shards.every((name) => typeof name === 'string' && /^[\w.-]+\.safetensors$/.test(name))
  )
    throw new HubError('unusable', `The ${index} of ${repo} names no safetensors files in its own folder.`);
  return shards as string[];
}

/** Looks at a model's repository: configuration and listing, or a HEAD per file where there are no listings. */
export async function planModel(place: Place): Promise<ModelPlan> {
  const { repo } = place;
  const opened = await fetchJson(place, config).catch((error: unknown) => {
    throw error instanceof HubError && error.kind === 'missing' && /no file config\.json/.test(error.message)
      ? new HubError(
          'unusable',
          `${repo} holds no config.json, so it is no model that this program can read.`,
        )
      : error;
  });
  const shape = readModelShape(opened.json, repo);
  const commit = opened.commit ?? (await fetchCommit(place));
  // From here on by commit, so that nothing is mixed should the branch move meanwhile.
  const pinned = { ...place, revision: commit ?? place.revision };
  const listed = await listFolder(pinned);
  const look = async (path: string) => (await lookAtFile(pinned, path)) ?? [];
  const found = listed ?? (await Promise.all(known.map(look))).flat();
  const names = new Set(found.map(({ path }) => path));
  let shards: string[] | undefined;
  if (names.has(index) && !names.has(single)) {
    shards = shardsOf((await fetchJson(pinned, index)).json, repo);
    if (!listed) found.push(...(await Promise.all(shards.map(look))).flat());
  }
  const files = neededModelFiles(repo, names, shards).map((path) => {
    const file = found.find((candidate) => candidate.path === path);
    if (!file) throw new HubError('unusable', `${repo} lacks ${path}, which its ${index} names.`);
    return file;
  });
  return { commit, shape, files: files.map(({ path, size, sha256 }) => ({ path, size, sha256 })) };
}
