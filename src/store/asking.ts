/** Asking the trained models: predictions, texts, and their weights as files. */
import type { GeneratedText, NamedFile, TextPrediction } from '../runtime/protocol';
import type { Role } from '../telemetry/events';
import type { PlaygroundContext } from './context';
import type { Loading } from './loading';
import { refuseViewing } from './openRun';

export interface AskingActions {
  /** Undefined where it failed; the reason is a notice then. */
  predict(text: string, pair?: string): Promise<TextPrediction[] | undefined>;
  /** Texts for a record; they grow in the state's `writing`. Undefined where it failed. */
  generate(source: string): Promise<GeneratedText[] | undefined>;
  cancelGeneration(): Promise<void>;
  /** Of the run on the page; nothing where another has come there meanwhile. */
  exportAdapter(role: Role): Promise<NamedFile[] | undefined>;
  /** The same as a checkpoint folder that needs no adapter. */
  exportMerged(role: Role): Promise<NamedFile[] | undefined>;
}

export function createAsking(context: PlaygroundContext, loading: Loading): AskingActions {
  const { client } = context;
  let writingStopped = false;

  /** Asks the run that is on the page now; nothing where another has come there meanwhile. */
  const askThisRun = async (busy: string | undefined, ask: () => Promise<NamedFile[]>) => {
    if (!(await context.settledOnRun())) return undefined;
    return context.attempt(busy, async () => {
      refuseViewing(context);
      return ask();
    });
  };
  return {
    predict: (text, pair) =>
      context.attempt(undefined, async () => {
        refuseViewing(context);
        await loading.ensureLoaded();
        return client.request({ type: 'predict', text, pair });
      }),
    async generate(source) {
      writingStopped = false;
      const texts = await context.attempt(undefined, async () => {
        refuseViewing(context);
        await loading.ensureLoaded();
        // Stopped while the model was still loading: the worker has nothing to end yet.
        if (writingStopped) return [];
        context.set({ writing: {} });
        return client.request({ type: 'generate', source });
      });
      context.set({ writing: undefined });
      return texts;
    },
    async cancelGeneration() {
      writingStopped = true;
      await context.attempt(undefined, () => client.request({ type: 'cancel-generation' }));
    },
    exportAdapter: (role) => askThisRun(undefined, () => client.request({ type: 'export-adapter', role })),
    exportMerged: (role) =>
      askThisRun('Merging the weights', () => client.request({ type: 'export-merged', role })),
  };
}
