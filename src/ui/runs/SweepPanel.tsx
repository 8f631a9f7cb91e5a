/** A queue of experiments: which, how far, how long still. */
import { type FormEvent, type ReactElement, useState } from 'react';
import { differingFields, fields, fieldTitle, readField } from '../../config/fields';
import { type MethodName, methodFacts, methodNames, methodTitle } from '../../config/methods';
import { taskInfo } from '../../store/choices';
import { remainingMs, type SweepItem } from '../../store/sweep';
import { planSweep, type SweepRequest } from '../../store/sweepPlan';
import { clock } from '../numbers';
import { usePlayground, useReadState, useSweep, useSweepActions } from '../scope';
import { valueText } from './runDifferences';

export function SweepPanel(): ReactElement {
  const items = useSweep((state) => state.items);
  return (
    <section className="card" aria-labelledby="sweep-title">
      <div className="card-head">
        <h2 id="sweep-title">Sweep</h2>
        <span className="quiet">several experiments, one after the other, in this tab</span>
      </div>
      {items.length === 0 ? <SweepForm /> : <SweepQueue items={items} />}
    </section>
  );
}

/** Settings that can be varied: numbers and choices. */
const varied = fields.filter(({ kind, path }) => kind !== 'text' && path !== 'seed' && path !== 'method');

function SweepForm(): ReactElement {
  const readState = useReadState();
  const sweep = useSweepActions();
  const draft = usePlayground((state) => state.draft);
  const [seeds, setSeeds] = useState(3);
  const [methods, setMethods] = useState<readonly MethodName[]>([]);
  const [grid, setGrid] = useState([
    { path: '', values: '' },
    { path: '', values: '' },
  ]);
  const request: SweepRequest = { seeds, methods, grid };
  let count = 0;
  let problem = '';
  try {
    count = planSweep(draft, request).length;
  } catch (error) {
    problem = (error as Error).message;
  }
  const start = (event: FormEvent) => {
    event.preventDefault();
    if (problem === '') sweep.start(planSweep(readState().draft, request));
  };
  const setPart = (index: number, part: Partial<(typeof grid)[number]>) =>
    setGrid(grid.map((one, i) => (i === index ? { ...one, ...part } : one)));
  return (
    <form className="sweep-form" onSubmit={start}>
      <p className="quiet">
        Everything else is what the Lab’s controls say: {methodTitle(draft)} on{' '}
        {taskInfo(draft.data.task)?.title ?? draft.data.task} with {draft.model.name}, from seed {draft.seed}{' '}
        on.
      </p>
      <label>
        Seeds
        <input
          type="number"
          min={1}
          max={50}
          value={seeds}
          onChange={({ currentTarget }) => setSeeds(Number(currentTarget.value))}
        />
      </label>
      <fieldset>
        <legend>Methods (none: the Lab’s)</legend>
        {methodNames.map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={methods.includes(name)}
              onChange={() =>
                setMethods(
                  methods.includes(name) ? methods.filter((one) => one !== name) : [...methods, name],
                )
              }
            />
            {methodFacts[name].title}
          </label>
        ))}
      </fieldset>
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

const words: Record<SweepItem['status'], string> = {
  waiting: 'waits',
  running: 'running',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

function SweepQueue({ items }: { items: readonly SweepItem[] }): ReactElement {
  const sweep = useSweepActions();
  const going = useSweep((state) => state.going);
  const left = useSweep(remainingMs);
  const over = items.filter(({ status }) => status !== 'waiting' && status !== 'running').length;
  const waits = items.some(({ status }) => status === 'waiting');
  const first = items[0]?.config;
  return (
    <>
      <div className="sweep-progress">
        <progress max={items.length} value={over} aria-label="Runs of the sweep that are over" />
        <span>
          {over} of {items.length}
          {going && left !== undefined && left > 0 && `, about ${clock(left)} left`}
        </span>
        {going ? (
          <button type="button" className="toggle" onClick={() => void sweep.pause()}>
            Pause the sweep
          </button>
        ) : (
          waits && (
            <button type="button" className="toggle" onClick={() => sweep.resume()}>
              Go on
            </button>
          )
        )}
        <button type="button" className="toggle" onClick={() => void sweep.clear()}>
          {over === items.length ? 'New sweep' : 'Cancel the rest'}
        </button>
      </div>
      <ol className="sweep-items">
        {items.map(({ config, status, wallMs, error }, index) => {
          const apart = first
            ? differingFields(config, first)
                .filter(({ path }) => path !== 'seed')
                .map(
                  (field) => `${fieldTitle(field)} ${valueText(field.path, readField(config, field.path))}`,
                )
                .join(', ')
            : '';
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the queue keeps its order
            <li key={index} data-status={status}>
              <span>
                seed {config.seed}
                {apart && `, ${apart}`}
              </span>
              <span className="quiet">
                {words[status]}
                {wallMs !== undefined && ` in ${clock(wallMs)}`}
                {error && `: ${error}`}
              </span>
              {(status === 'waiting' || status === 'running') && (
                <button type="button" className="toggle" onClick={() => void sweep.skip(index)}>
                  skip
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}
