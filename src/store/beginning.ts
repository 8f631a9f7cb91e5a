/** What a page does when it opens: the backend, then the run of its tab, the one stored last, or the link's experiment. */
import type { ExperimentConfig } from '../config/experiment';
import { differingFields } from '../config/fields';
import type { DecodedLink } from '../config/link';
import { sentenceOf } from '../runtime/protocol';
import { backendNote } from './backendLink';
import { dataProblem, modelProblem } from './choices';
import type { PlaygroundContext } from './context';
import { type Loading, RunElsewhereError } from './loading';
import { openRun } from './openRun';
import type { Library } from './runs/library';
import { type RunRecord, type RunStorage, recordOf } from './runs/runRecord';
import { resumableOf } from './state';
import type { UndoneRun } from './undoneRun';

/** How a page was opened. */
export interface Opening {
  /** What the address said when the page opened. */
  link: DecodedLink;
  /** True where this page is a reload: the stored run is then taken up whatever the link says. */
  isReload: boolean;
}

/** A page that is reloaded lets go of its run while the next one starts already. */
const reloadPatienceMs = 1500;

/** A stored run, and whether it is the one that a reloaded tab had. */
interface Found {
  record?: RunRecord;
  isOfTab?: boolean;
  /** The tab's, which it can only look at. */
  looked?: string;
}

/**
 * The run that the tab had before it was reloaded, or looked at, else the one that was stored last.
 * @param id of the tab's
 */
async function ownRun(storage: RunStorage, isReload: boolean, id: string | undefined): Promise<Found> {
  const kept = id ? await storage.loadRun(id) : undefined;
  // One that the tab had and nobody kept had not begun: the last one is some other.
  if (!kept) return { record: await storage.loadLastRun(), isOfTab: isReload && !id };
  const record = recordOf(kept);
  return record ? { record, isOfTab: true } : { looked: kept.summary.id };
}

/** Never throws: what goes wrong is a notice. */
export async function begin(
  context: PlaygroundContext,
  loading: Loading,
  undone: UndoneRun,
  { link, isReload }: Opening,
  library: Pick<Library, 'removeNoted'>,
): Promise<void> {
  for (const note of link.notes) context.notify('warning', note);
  const ofBackend = backendNote(link.unknown);
  if (ofBackend) context.notify('warning', ofBackend);
  let { config: given } = link;
  /** What is chosen while the engine starts stays. */
  const setDraft = (config: ExperimentConfig) => {
    if (context.state.draft !== given) return;
    given = config;
    loading.setDraft(config);
  };
  setDraft(given);
  const lookedAt = await context.attempt('Starting the engine', async () => {
    const unreadable = (error: unknown): Found => {
      context.notify('warning', sentenceOf(error));
      return {};
    };
    const findOwn = async () => {
      const id = isReload ? context.tab.run : undefined;
      await library.removeNoted(id);
      return ownRun(context.storage, isReload, id);
    };
    const [{ record, isOfTab, looked }] = await Promise.all([
      findOwn().catch(unreadable),
      loading.startBackend(),
    ]);
    if (looked) return looked;
    const linkIsThis = record && differingFields(link.config, record.config).length === 0;
    if (record && (isOfTab || linkIsThis || (!link.namesFields && !isReload))) {
      if (!isReload) setDraft(record.config);
      // Offered again should it fail now, for want of a file, say.
      context.set({ resumable: resumableOf(record) });
      try {
        await loading.takeUp(record, reloadPatienceMs);
        return undefined;
      } catch (error) {
        if (!(error instanceof RunElsewhereError)) {
          // A finished one can be looked at, with the reason.
          if (isReload && record.progress.status === 'finished') return record.id;
          throw error;
        }
        context.notify('info', error.message);
        context.set({ resumable: undefined });
        setDraft(link.config);
      }
    } else if (record) context.set({ resumable: resumableOf(record) });
    const { draft, files } = context.state;
    const fits = !modelProblem(draft, undefined) && !dataProblem(draft, files);
    if (fits && draft.model.source === 'embedded' && draft.data.source === 'embedded')
      await loading.ensureLoaded();
    return undefined;
  });
  // The controls say what they said before the reload.
  if (lookedAt) await openRun(context, loading, undone, lookedAt, { keepsDraft: true });
}
