/** A queue of experiments: what it shall train, which is done, how long it will take. */
import { memo, type ReactElement, useRef } from 'react';
import { differingFields, fieldTitle, readField } from '../../config/fields';
import { comparedTitle } from '../../report/comparedMethods';
import { settingText, taskTitle } from '../../store/choices';
import { canRetry } from '../../store/sweep/sweepNeeds';
import { isLeft, type SweepItem, sweepRemainingMs } from '../../store/sweep/sweepQueue';
import { ConfirmButton } from '../controls/ConfirmButton';
import { clock } from '../numbers';
import { useSweep, useSweepActions } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { SweepForm } from './SweepForm';

export const SweepPanel = memo(function SweepPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  useKeptFocus(panel);
  const items = useSweep((state) => state.items);
  return (
    <section className="card" ref={panel} aria-labelledby="sweep-title">
      <div className="card-head">
        <h2 id="sweep-title">Sweep</h2>
        <span className="quiet">several experiments, one after the other, in this tab</span>
      </div>
      {items.length === 0 ? <SweepForm /> : <SweepQueue items={items} />}
    </section>
  );
});

const words: Record<SweepItem['status'], string> = {
  waiting: 'waits',
  running: 'running',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

/** Of a comparison its task and method, else what sets it apart from the first: `seed 2, Rank k 4`. */
function titleOf({ id, config, comparedAs }: SweepItem, first: SweepItem): string {
  if (id !== undefined) {
    const candidate = comparedAs?.isCandidate ? ` (${config.adapter.rankPattern})` : '';
    return `${taskTitle(config.data.task)}, ${comparedTitle(config, comparedAs?.method)}${candidate}, seed ${config.seed}`;
  }
  const apart = differingFields(config, first.config)
    .filter(({ path }) => path !== 'seed')
    .map((field) => `${fieldTitle(field)} ${settingText(field.path, readField(config, field.path))}`);
  return [`seed ${config.seed}`, ...apart].join(', ');
}

/** Drawn again only when it changes: there may be hundreds. */
const QueuedRun = memo(function QueuedRun({
  index,
  item,
  first,
}: {
  index: number;
  item: SweepItem;
  first: SweepItem;
}): ReactElement {
  const sweep = useSweepActions();
  return (
    <li data-status={item.status}>
      <span>{titleOf(item, first)}</span>
      <span className="quiet">
        {words[item.status]}
        {item.wallMs !== undefined && ` in ${clock(item.wallMs)}`}
        {item.error && `: ${item.error}`}
      </span>
      {isLeft(item) && (
        <button type="button" className="toggle" onClick={() => void sweep.skip(index)}>
          skip
        </button>
      )}
    </li>
  );
});

function SweepQueue({ items }: { items: readonly SweepItem[] }): ReactElement {
  const sweep = useSweepActions();
  const going = useSweep((state) => state.going);
  const left = useSweep(({ items: all }) => sweepRemainingMs(all));
  const over = items.filter((item) => !isLeft(item)).length;
  const waits = items.some(({ status }) => status === 'waiting');
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
            <button type="button" className="toggle" onClick={() => void sweep.resume()}>
              Go on
            </button>
          )
        )}
        {!going && items.some(canRetry) && (
          <button type="button" className="toggle" onClick={() => void sweep.retry()}>
            Try the failed again
          </button>
        )}
        {over === items.length ? (
          <button type="button" className="toggle" onClick={() => void sweep.clear()}>
            New sweep
          </button>
        ) : (
          <ConfirmButton
            className="toggle"
            label="Cancel the rest"
            question={`Give up the ${items.length - over} that are left? Finished runs stay.`}
            onConfirm={() => void sweep.clear()}
          />
        )}
      </div>
      <ol className="sweep-items">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the queue keeps its order
          <QueuedRun key={index} index={index} item={item} first={items[0] as SweepItem} />
        ))}
      </ol>
    </>
  );
}
