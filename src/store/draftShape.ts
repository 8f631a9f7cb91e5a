/** The shape of the draft's model, so that the heatmap stands before anything is loaded. */
import type { ExperimentConfig } from '../config/experiment';
import type { PlaygroundContext } from './context';
import { configFileOf, type ModelShape, shapeOfFiles, shapeOfHub } from './files/modelShape';
import type { HubDownloads } from './hub/hubDownloads';

/**
 * Shows it again whenever more is known of a model on the Hub.
 * @param fetchModelShape of an embedded model
 * @returns what shows it after a change of the draft
 */
export function createDraftShape(
  context: PlaygroundContext,
  hub: HubDownloads,
  fetchModelShape: (name: string) => Promise<ModelShape | undefined>,
): () => Promise<void> {
  let shown = '';
  /** What an estimate or the cache says about it. */
  const knownOfHub = ({ model }: ExperimentConfig): ModelShape | undefined => {
    const { cached, estimate } = hub.store.getState().model;
    const shape = model.source === 'hub' ? (cached?.shape ?? estimate?.shape) : undefined;
    return shape && shapeOfHub(shape);
  };
  const show = async () => {
    const { draft, files } = context.state;
    const { source, name } = draft.model;
    const found = knownOfHub(draft);
    const key = `${source}/${name}/${source === 'files' ? `${files.model?.name}/${configFileOf(files)?.blob.size}` : ''}${found ? 'known' : ''}`;
    if (key === shown) return;
    shown = key;
    let shape: ModelShape | undefined;
    if (source === 'embedded') shape = await fetchModelShape(name);
    else if (source === 'hub') shape = found;
    else shape = await shapeOfFiles(files);
    // The draft may have another model by now.
    if (key === shown) context.set({ modelShape: shape });
  };
  hub.store.subscribe((state, before) => {
    if (state.model !== before.model) void show();
  });
  return show;
}
