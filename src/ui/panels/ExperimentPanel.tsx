/** The experiment: what is trained on what, and every hyperparameter with its reason. */

import { Button, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { type Field, fieldAt, fields, readField } from '../../config/fields';
import { methodFacts, methodNames, methodTitle } from '../../config/methods';
import { type PresetName, presetOf, presets } from '../../config/presets';
import { readsSetting } from '../../config/readSettings';
import { usualOf } from '../../config/taskSettings';
import { familyTitles, taskInfo, taskTitle } from '../../store/choices';
import { differsFromLoaded } from '../../store/state';
import { FieldControl } from '../controls/FieldControl';
import { Icon } from '../controls/icons';
import { whole } from '../numbers';
import { useActions, usePlayground } from '../scope';
import { FileDrop } from './FileDrop';
import { TaskChoice, Unsuited } from './TaskChoice';
import '../styles/experiment.css';

const groups: { group: Field['group']; title: string }[] = [
  { group: 'adapter', title: 'Adapter' },
  { group: 'method', title: 'Method' },
  { group: 'search', title: 'Search' },
  { group: 'hypergradient', title: 'Hypergradient' },
  { group: 'retrain', title: 'Retraining' },
  { group: 'generation', title: 'Generation' },
  { group: 'baseline', title: 'Plain LoRA to compare' },
];

const methodOptions = methodNames.map((value) => ({ value, label: methodFacts[value].title }));
const field = (path: string) => fieldAt(path) as Field;
const fieldsOf = (group: Field['group']) => fields.filter((candidate) => candidate.group === group);
const dataFields = [
  'model.pretrained',
  'model.maxLength',
  'data.trainSize',
  'data.devSize',
  'data.validationFraction',
].map(field);

/** Those that the chosen method reads, and one that others refuse: it must be there to be set back. */
const useRead = (some: readonly Field[]): Field[] =>
  usePlayground(
    useShallow(({ draft }) =>
      some.filter(({ path }) => readsSetting(draft, path) || path === 'retrain.init'),
    ),
  );

export function ExperimentPanel(): ReactElement {
  const narrow = useMediaQuery('(max-width: 1180px)', undefined, { getInitialValueInEffect: false });
  const [open, setOpen] = useState(false);
  const shown = !narrow || open;
  return (
    <section className="card experiment" aria-labelledby="experiment-title">
      <div className="card-head">
        <h2 id="experiment-title">Experiment</h2>
        {narrow && (
          <div className="tools">
            <button type="button" className="toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? 'less' : 'change'}
            </button>
          </div>
        )}
      </div>
      {shown ? <Summary /> : <BriefSummary />}
      {!shown && <Unsuited />}
      {shown && (
        <div className="settings">
          <TaskChoice />
          <FileDrop />
          <Presets />
          <Seed />
          <FieldControl field={field('method')} options={methodOptions} />
          <Group title="Model and data">
            <DataFields />
          </Group>
          <MethodGroups />
          <Group title="Reporting">
            <FieldControl field={field('reportEvery')} />
          </Group>
        </div>
      )}
    </section>
  );
}

function DataFields(): ReactElement {
  return (
    <>
      {useRead(dataFields).map((one) => (
        <FieldControl key={one.path} field={one} />
      ))}
    </>
  );
}

function MethodGroups(): ReactElement {
  const generates = usePlayground((state) => taskInfo(state.draft.data.task)?.kind === 'generation');
  const searches = usePlayground((state) => state.draft.method === 'autolora');
  return (
    <>
      {groups
        .filter(({ group }) => group !== 'generation' || generates)
        .map(({ group, title }) => (
          <FieldGroup
            key={group}
            group={group}
            // Without AutoLoRA plain LoRA is what is trained, and compared with nothing.
            title={group === 'baseline' && !searches ? 'Ranks' : title}
          />
        ))}
    </>
  );
}

/** What is trained, in honest words. */
function Summary(): ReactElement {
  const draft = usePlayground((state) => state.draft);
  const shape = usePlayground((state) => state.modelShape);
  // Of the run on the page, whose numbers are not those of other settings.
  const start = usePlayground((state) => (differsFromLoaded(state) ? undefined : state.facts.start));
  const task = taskInfo(draft.data.task);
  const sources = { embedded: 'embedded', files: 'your checkpoint', hub: 'from the Hub' };
  return (
    <div className="summary">
      <p>
        <b>{draft.model.name}</b>
        {draft.model.name && ', '}
        {sources[draft.model.source]}
        {!draft.model.pretrained && ', random weights'}
        {shape &&
          `: ${shape.family ? familyTitles[shape.family] : 'unknown family'}, ${shape.blocks} blocks of width ${shape.hidden}, ${shape.heads} heads`}
        {start && `, ${whole(start.model.parameters)} parameters`}
      </p>
      <p>
        <b>{task?.title ?? draft.data.task}</b>,{' '}
        {draft.data.source === 'embedded'
          ? 'embedded data'
          : draft.data.source === 'files'
            ? 'your files'
            : `${draft.data.repository} from the Hub`}
        .
        {start && (
          <span className="quiet">
            {' '}
            {whole(start.task.trainSize)} train ({whole(start.task.searchTrainSize)} +{' '}
            {whole(start.task.searchValidationSize)} for the search), {whole(start.task.devSize)}{' '}
            {start.task.evaluatedOn ?? 'dev'}.
          </span>
        )}
      </p>
    </div>
  );
}

/** The same in one line, while the panel is folded on a narrow screen. */
function BriefSummary(): ReactElement {
  const draft = usePlayground((state) => state.draft);
  const preset = presets.find(({ name }) => name === presetOf(draft))?.title ?? 'own settings';
  return (
    <p className="brief">
      <b>{draft.model.name || 'a checkpoint of yours'}</b> on <b>{taskTitle(draft.data.task)}</b>,{' '}
      {methodTitle(draft)}, {preset}, seed {draft.seed}
    </p>
  );
}

function Presets(): ReactElement {
  const preset = usePlayground((state) => presetOf(state.draft));
  const { applyPreset } = useActions();
  const description = presets.find(({ name }) => name === preset)?.description;
  return (
    <div className="presets">
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="Preset"
        value={preset ?? 'custom'}
        onChange={(value) => {
          if (value !== 'custom') applyPreset(value as PresetName);
        }}
        data={[
          ...presets.map(({ name, title }) => ({ value: name, label: title })),
          ...(preset ? [] : [{ value: 'custom', label: 'Own' }]),
        ]}
      />
      <p className="field-why">{description ?? 'Other settings than these three.'}</p>
    </div>
  );
}

function Seed(): ReactElement {
  const { drawSeed } = useActions();
  return (
    <div className="seed">
      <FieldControl field={field('seed')} />
      <Button
        variant="default"
        size="compact-xs"
        leftSection={<Icon name="dice" size={13} />}
        onClick={drawSeed}
      >
        Draw a new seed
      </Button>
    </div>
  );
}

function Group({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <details className="group">
      <summary>
        {title} {note && <span className="quiet">{note}</span>}
      </summary>
      {children}
    </details>
  );
}

/** Nothing where the chosen method reads none of them. */
function FieldGroup({ group, title }: { group: Field['group']; title: string }): ReactElement | null {
  const own = useRead(fieldsOf(group));
  const changed = usePlayground(({ draft }) => {
    const usual = usualOf(draft);
    return own.filter(({ path }) => readField(draft, path) !== readField(usual, path)).length;
  });
  const [more, setMore] = useState(false);
  if (own.length === 0) return null;
  const basic = own.filter(({ advanced }) => !advanced);
  const advanced = own.filter((candidate) => candidate.advanced);
  return (
    <Group title={title} note={changed > 0 ? `${changed} changed` : undefined}>
      {basic.map((candidate) => (
        <FieldControl key={candidate.path} field={candidate} />
      ))}
      {more && advanced.map((candidate) => <FieldControl key={candidate.path} field={candidate} />)}
      {advanced.length > 0 && (
        <button type="button" className="toggle" aria-expanded={more} onClick={() => setMore(!more)}>
          {more
            ? 'fewer settings'
            : `${advanced.length} more ${advanced.length === 1 ? 'setting' : 'settings'}`}
        </button>
      )}
    </Group>
  );
}
