/** Choosing the experiment: single settings, presets, links, and what is trained on what, files of a person's own too. */
import type { ExperimentConfig } from '../config/experiment';
import { clampToField, type FieldValue, fieldAt, writeField } from '../config/fields';
import type { DecodedLink } from '../config/link';
import { applyPreset, type PresetName } from '../config/presets';
import type { Source } from '../config/sources';
import { applyTask, fitSchedule } from '../config/taskSettings';
import type { FileBlob } from '../runtime/protocol';
import { ownTaskName } from '../tasks/task';
import { backendNote } from './backendLink';
import { embeddedModelFor, taskInfo } from './choices';
import { onlyScored, withAdapter, withoutAdapter } from './choosingAdapter';
import type { PlaygroundContext } from './context';
import { filesFor, guessTask, nameOfFiles, type PickedFile, sortFiles } from './files/chosenFiles';
import { readFile } from './files/readFile';

export interface ChoosingActions {
  setField(path: string, value: FieldValue): void;
  applyPreset(name: PresetName): void;
  applyLink(link: DecodedLink): void;
  drawSeed(): void;
  /** Takes over what suits the task too: embedded model, lengths, sizes. */
  setTask(task: string): void;
  setModelSource(source: Source): void;
  setDataSource(source: Source): void;
  /** The embedded model that can serve the task, where the chosen one cannot. */
  useSuitedModel(): void;
  /** Sorts dropped or picked files by their names. */
  chooseFiles(picked: readonly PickedFile[]): Promise<void>;
  /** Fresh LoRA layers again, instead of the chosen adapter. */
  removeAdapter(): void;
  /** Scores the adapter without training it, or trains it on. */
  scoreOnly(only: boolean): void;
  /** Takes picked files as train or as dev, whatever their names. */
  chooseData(role: 'train' | 'dev', picked: readonly PickedFile[]): Promise<void>;
}

const write = (config: ExperimentConfig, changes: Record<string, FieldValue>) =>
  Object.entries(changes).reduce((changed, [path, value]) => writeField(changed, path, value), config);
const home = (path: string) => fieldAt(path)?.default ?? '';

export function createChoosing(
  context: PlaygroundContext,
  setDraft: (draft: ExperimentConfig) => void,
): ChoosingActions {
  /** The names of the chosen files, as the configuration holds them. */
  const withFiles = (config: ExperimentConfig) => {
    const { train, dev } = context.state.files;
    return write(config, {
      'data.source': 'files',
      'data.trainFile': nameOfFiles(train),
      'data.devFile': nameOfFiles(dev),
    });
  };
  const setTask = (config: ExperimentConfig, task: string) => {
    const needsFiles = task === ownTaskName && config.data.source === 'embedded';
    const changed = write(applyTask(config, task), { 'data.columns': '' });
    return needsFiles ? withFiles(changed) : changed;
  };
  /** The task that the file begins like, unless the chosen one reads tables of one's own. */
  const guessed = async (config: ExperimentConfig, file: FileBlob | undefined) => {
    const beginning = (blob: Blob) => blob.slice(0, 4096).text();
    const task = file && config.data.task !== ownTaskName && guessTask(await readFile(file, beginning));
    return task && task !== config.data.task ? setTask(config, task) : config;
  };

  /** A file that cannot be read is a notice. */
  const told = async (act: () => Promise<void>): Promise<void> => {
    await context.attempt(undefined, act);
  };

  return {
    setField(path, value) {
      const field = fieldAt(path);
      const allowed = field && clampToField(field, value);
      if (allowed !== undefined) setDraft(writeField(context.state.draft, path, allowed));
    },
    applyPreset: (name) => setDraft(applyPreset(context.state.draft, name)),
    applyLink(next) {
      const note = backendNote(next.unknown, context.state);
      context.set({ unknownKeys: next.unknown });
      if (note) context.notify('info', note);
      // A link to a chapter or a screen says nothing of the experiment, which stays what it is.
      if (next.namesFields || next.unknown.length === 0) setDraft(next.config);
      for (const note of next.notes) context.notify('warning', note);
    },
    drawSeed() {
      const drawn = crypto.getRandomValues(new Uint32Array(1))[0] as number;
      setDraft(writeField(context.state.draft, 'seed', 1 + (drawn % 99_999)));
    },
    setTask: (task) => setDraft(setTask(context.state.draft, task)),
    setModelSource(source) {
      const { draft, files } = context.state;
      const generates = taskInfo(draft.data.task)?.kind === 'generation';
      const name =
        source === 'embedded'
          ? embeddedModelFor(draft.data.task)
          : source === 'files'
            ? (files.model?.name ?? '')
            : generates
              ? 'gpt2'
              : 'roberta-base';
      const changed = write(draft, {
        'model.source': source,
        'model.name': name,
        'model.revision': home('model.revision'),
      });
      setDraft(source === 'embedded' ? applyTask(changed, draft.data.task) : fitSchedule(changed));
    },
    setDataSource(source) {
      const { draft } = context.state;
      const bare = write(draft, {
        'data.source': source,
        'data.columns': '',
        'data.trainFile': '',
        'data.devFile': '',
        'data.repository': home('data.repository'),
        'data.revision': home('data.revision'),
      });
      if (source === 'files') setDraft(withFiles(bare));
      else if (source === 'embedded')
        setDraft(applyTask(bare, draft.data.task === ownTaskName ? 'sst2' : draft.data.task));
      else setDraft(bare);
    },
    useSuitedModel() {
      const { draft } = context.state;
      const { task } = draft.data;
      setDraft(
        applyTask(write(draft, { 'model.source': 'embedded', 'model.name': embeddedModelFor(task) }), task),
      );
    },
    chooseFiles: (picked) =>
      told(async () => {
        const { chosen, notes } = sortFiles(picked);
        for (const note of notes) context.notify('warning', note);
        context.set({ files: { ...context.state.files, ...chosen } });
        let { draft } = context.state;
        if (chosen.model) {
          draft = write(draft, { 'model.source': 'files', 'model.name': chosen.model.name });
        }
        if (chosen.train || chosen.dev) {
          draft = await guessed(withFiles(draft), (chosen.train ?? chosen.dev)?.[0]);
        }
        if (chosen.adapter) draft = await withAdapter(draft, chosen.adapter);
        setDraft(draft);
      }),
    // Its files stay: the run that was loaded with it can still be reset.
    removeAdapter: () => setDraft(withoutAdapter(context.state.draft)),
    scoreOnly: (only) => setDraft(onlyScored(context.state.draft, only)),
    chooseData: (role, picked) =>
      told(async () => {
        const files = filesFor(picked);
        context.set({ files: { ...context.state.files, [role]: files } });
        setDraft(await guessed(withFiles(context.state.draft), files[0]));
      }),
  };
}
