/** What a sweep shall train: methods on equal footing, or the Lab's experiment with some settings varied. */
import { SegmentedControl } from '@mantine/core';
import {
  type FormEvent,
  type ReactElement,
  type ReactNode,
  useCallback,
  useDeferredValue,
  useMemo,
  useState,
} from 'react';
import type { ExperimentConfig } from '../../config/experiment';
import { fields } from '../../config/fields';
import { type MethodName, methodFacts, methodNames, methodTitle } from '../../config/methods';
import { type ComparedMethod, mainMethods, moreMethods } from '../../report/comparedMethods';
import { recipeByName } from '../../report/recipes';
import { taskGroups, taskTitle } from '../../store/choices';
import { planComparison, planVariation, type SweepRun } from '../../store/sweep/sweepPlan';
import { ownTaskName } from '../../tasks/task';
import { counted } from '../numbers';
import { usePlayground, useReadState, useSweepActions } from '../scope';

type Plan = (base: ExperimentConfig) => SweepRun[];

const kinds = [
  { value: 'compare', label: 'Compare methods' },
  { value: 'vary', label: 'Vary settings' },
] as const;

export function SweepForm(): ReactElement {
  const [kind, setKind] = useState<(typeof kinds)[number]['value']>('compare');
  return (
    <>
      <SegmentedControl
        className="sweep-kind"
        aria-label="What the sweep does"
        size="xs"
        data={[...kinds]}
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
      />
      {kind === 'compare' ? <ComparisonForm /> : <VariationForm />}
    </>
  );
}

/** The runs, or what cannot be in a sentence, else empty. */
function planned(plan: Plan, draft: ExperimentConfig): { runs: SweepRun[]; problem: string } {
  try {
    return { runs: plan(draft), problem: '' };
  } catch (error) {
    return { runs: [], problem: (error as Error).message };
  }
}

/**
 * Starts what `plan` makes of the Lab's settings; says how many runs that is, or what cannot be.
 * @param plan the same function while nothing is chosen otherwise
 */
function PlanForm({ plan, children }: { plan: Plan; children: ReactNode }): ReactElement {
  const readState = useReadState();
  const sweep = useSweepActions();
  const draft = usePlayground((state) => state.draft);
  // What is being typed does not wait for the plan of hundreds of runs.
  const considered = useDeferredValue(plan);
  const { runs, problem } = useMemo(() => planned(considered, draft), [considered, draft]);
  const count = runs.length;
  const start = (event: FormEvent) => {
    event.preventDefault();
    const asked = planned(plan, readState().draft);
    if (asked.problem === '') void sweep.start(asked.runs);
  };
  return (
    <form className="sweep-form" onSubmit={start}>
      {children}
      <div className="sweep-start">
        <button type="submit" className="toggle" disabled={problem !== ''}>
          Train {count || ''} {count === 1 ? 'run' : 'runs'}
        </button>
        <span className="quiet" role="status">
          {problem}
        </span>
      </div>
    </form>
  );
}

function SeedCount({ value, onChange }: { value: number; onChange(value: number): void }): ReactElement {
  return (
    <label>
      Seeds
      <input
        type="number"
        min={1}
        max={50}
        value={value}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </label>
  );
}

interface Choice<Name extends string> {
  name: Name;
  title: string;
}

interface ChecksProps<Name extends string> {
  legend: string;
  choices: readonly Choice<Name>[];
  /** Folded away until one of them is chosen. */
  more?: readonly Choice<Name>[];
  chosen: readonly Name[];
  onChange(chosen: Name[]): void;
}

/** Boxes to tick, in the order of the choices whatever was ticked first. */
function Checks<Name extends string>({
  legend,
  choices,
  more = [],
  chosen,
  onChange,
}: ChecksProps<Name>): ReactElement {
  const toggle = (name: Name) => {
    const wanted = (one: Name) => (one === name ? !chosen.includes(one) : chosen.includes(one));
    onChange([...choices, ...more].map((choice) => choice.name).filter(wanted));
  };
  const box = ({ name, title }: Choice<Name>) => (
    <label key={name}>
      <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
      {title}
    </label>
  );
  return (
    <fieldset>
      <legend>{legend}</legend>
      {choices.map(box)}
      {more.length > 0 && (
        <details open={more.some(({ name }) => chosen.includes(name))}>
          <summary>{more.length} more: where the rank goes, cheaper searches, estimators</summary>
          <div>{more.map(box)}</div>
        </details>
      )}
    </fieldset>
  );
}

/** Tables of the paper and of this project that a comparison can make: methods, and the tasks they are compared on. */
const tables = [
  { recipe: 'table1', title: 'Table 1: GLUE' },
  { recipe: 'table2', title: 'Table 2: E2E, WebNLG' },
  { recipe: 'table3', title: 'Table 3: BioNLP' },
  { recipe: 'table4', title: 'Table 4: ablations' },
  { recipe: 'table5', title: 'Table 5: cost' },
  { recipe: 'stability', title: 'Where the rank goes' },
  { recipe: 'cost', title: 'Cheaper searches' },
  { recipe: 'estimators', title: 'Estimators' },
].map(({ recipe, title }) => {
  const { methods, tasks } = recipeByName(recipe);
  return { title, methods, tasks };
});

const choicesOf = (methods: readonly ComparedMethod[]) =>
  methods.map(({ name, label }) => ({ name, title: label }));
const mainChoices = choicesOf(mainMethods);
const moreChoices = choicesOf(moreMethods);
const taskChoices = taskGroups
  .flatMap(({ tasks }) => tasks)
  .filter(({ name }) => name !== ownTaskName)
  .map(({ name, title }) => ({ name, title }));

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((name) => other.includes(name));

function ComparisonForm(): ReactElement {
  const draft = usePlayground((state) => state.draft);
  const [seeds, setSeeds] = useState(5);
  const [methods, setMethods] = useState<readonly string[]>(tables[0]?.methods ?? []);
  const [tasks, setTasks] = useState<readonly string[]>([]);
  const isEmbedded = draft.data.source === 'embedded' && draft.model.source === 'embedded';
  /** Of tables that differ by their tasks alone the first, where the tasks cannot be chosen. */
  const offered = isEmbedded
    ? tables
    : tables.filter(({ methods: own }, i) => tables.findIndex((one) => isSame(one.methods, own)) === i);
  const plan = useCallback(
    (base: ExperimentConfig) => planComparison(base, { seeds, methods, tasks: isEmbedded ? tasks : [] }),
    [seeds, methods, tasks, isEmbedded],
  );
  return (
    <PlanForm plan={plan}>
      <p className="quiet">
        As <code>autolora reproduce</code> does it: LoRA and its kin at rank 4, an adapter of their size,
        AdaLoRA with the same budget and a rate of its own, SoRA from rank 8, which is twice LoRA’s size until
        its gates prune it, AutoLoRA from k = 8. Steps, data and all else are what the Lab’s controls say,
        from seed {draft.seed} on. A grid search is 17 runs: 16 candidates that are scored on validation, and
        the best of them.
      </p>
      <SeedCount value={seeds} onChange={setSeeds} />
      <fieldset>
        <legend>{isEmbedded ? 'Tick what a table has' : 'Tick the methods that a table has'}</legend>
        {offered.map((table) => (
          <button
            type="button"
            className="toggle"
            key={table.title}
            aria-pressed={isSame(table.methods, methods) && (!isEmbedded || isSame(table.tasks, tasks))}
            onClick={() => {
              setMethods(table.methods);
              setTasks(table.tasks);
            }}
          >
            {table.title}
          </button>
        ))}
        <span className="quiet" role="status">
          {counted(methods.length, 'method')} on{' '}
          {isEmbedded && tasks.length > 0 ? counted(tasks.length, 'task') : taskTitle(draft.data.task)}
        </span>
      </fieldset>
      <Checks
        legend="Methods"
        choices={mainChoices}
        more={moreChoices}
        chosen={methods}
        onChange={setMethods}
      />
      {isEmbedded ? (
        <Checks
          legend={`Tasks (none: ${taskTitle(draft.data.task)})`}
          choices={taskChoices}
          chosen={tasks}
          onChange={setTasks}
        />
      ) : (
        <p className="quiet">On {taskTitle(draft.data.task)}, with the Lab’s model and data.</p>
      )}
    </PlanForm>
  );
}

/** Settings that can be varied: numbers and choices. */
const varied = fields.filter(({ kind, path }) => kind !== 'text' && path !== 'seed' && path !== 'method');
const methodChoices = methodNames.map((name) => ({ name, title: methodFacts[name].title }));

function VariationForm(): ReactElement {
  const draft = usePlayground((state) => state.draft);
  const [seeds, setSeeds] = useState(3);
  const [methods, setMethods] = useState<readonly MethodName[]>([]);
  const [grid, setGrid] = useState([
    { path: '', values: '' },
    { path: '', values: '' },
  ]);
  const [onValidation, setOnValidation] = useState(false);
  const plan = useCallback(
    (base: ExperimentConfig) => planVariation(base, { seeds, methods, grid, onValidation }),
    [seeds, methods, grid, onValidation],
  );
  const setPart = (index: number, part: Partial<(typeof grid)[number]>) =>
    setGrid(grid.map((one, i) => (i === index ? { ...one, ...part } : one)));
  return (
    <PlanForm plan={plan}>
      <p className="quiet">
        Everything else is what the Lab’s controls say: {methodTitle(draft)} on {taskTitle(draft.data.task)}{' '}
        with {draft.model.name}, from seed {draft.seed} on. Methods are trained with these settings alike,
        whatever size that gives them.
      </p>
      <SeedCount value={seeds} onChange={setSeeds} />
      <Checks
        legend="Methods (none: the Lab’s)"
        choices={methodChoices}
        chosen={methods}
        onChange={setMethods}
      />
      {grid.map(({ path, values }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two fixed rows
        <div className="sweep-grid" key={i}>
          <select
            aria-label={`Varied setting ${i + 1}`}
            value={path}
            onChange={({ currentTarget }) => setPart(i, { path: currentTarget.value })}
          >
            <option value="">nothing else varied</option>
            {varied.map((field) => (
              <option key={field.path} value={field.path}>
                {field.label} ({field.path})
              </option>
            ))}
          </select>
          <input
            aria-label={`Values of setting ${i + 1}`}
            placeholder="values, parted by commas"
            value={values}
            disabled={path === ''}
            onChange={({ currentTarget }) => setPart(i, { values: currentTarget.value })}
          />
        </div>
      ))}
      <label className="sweep-validation">
        <input
          type="checkbox"
          checked={onValidation}
          onChange={({ currentTarget }) => setOnValidation(currentTarget.checked)}
        />
        Score on validation: what is chosen by these scores has then not seen dev
      </label>
    </PlanForm>
  );
}
