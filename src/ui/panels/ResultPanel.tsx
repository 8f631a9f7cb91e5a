/** AutoLoRA beside LoRA: score, rank, parameters, cost; sentences to try; what can be taken away. */
import { lazy, type ReactElement } from 'react';
import { fieldAt } from '../../config/fields';
import { methodNames } from '../../config/methods';
import { taskInfo } from '../../store/choices';
import { scoredOn } from '../../store/facts';
import type { Role } from '../../telemetry/events';
import { backendText } from '../controls/BackendBadge';
import { whole } from '../numbers';
import { PagePart } from '../PagePart';
import { usePlayground } from '../scope';
import { metricLabel, scoreText } from './metricText';
import { RoleResult } from './RoleResult';
import { TakeAway } from './TakeAway';
import { TryIt } from './TryIt';
import '../styles/result.css';

/** Its metrics are not needed before there is a result. */
const Predictions = lazy(() => import('./Predictions'));

export function ResultPanel(): ReactElement {
  const method = usePlayground((state) => (state.loaded ?? state.draft).method);
  const baseline = usePlayground((state) => (state.loaded ?? state.draft).baseline.enabled);
  // Mistakes stand beside the confusion matrices; where there are none, below and over the whole width.
  const wide = usePlayground(
    ({ loaded, draft }) =>
      (taskInfo((loaded ?? draft).data.task)?.kind ?? 'classification') !== 'classification',
  );
  const roles: Role[] = method !== 'autolora' ? [method] : baseline ? ['autolora', 'lora'] : ['autolora'];
  return (
    <section className="card results" aria-labelledby="result-title">
      <div className="card-head">
        <h2 id="result-title">Result</h2>
        <TakeAway />
      </div>
      <Verdict />
      <div className="result-columns" data-models={roles.length}>
        {roles.map((role) => (
          <RoleResult key={role} role={role} />
        ))}
        <div className="result-side">
          <TryIt />
          {!wide && <DevPredictions />}
        </div>
        {wide && <DevPredictions />}
      </div>
      <Honesty />
    </section>
  );
}

function DevPredictions(): ReactElement | null {
  const has = usePlayground(({ facts }) => methodNames.some((name) => facts.evaluations[name]));
  return has ? (
    <PagePart name="The predictions">
      <Predictions />
    </PagePart>
  ) : null;
}

/** One sentence that compares the two, with its uncertainty. */
function Verdict(): ReactElement | null {
  const { autolora, lora } = usePlayground((state) => state.facts.evaluations);
  const scored = usePlayground((state) => scoredOn(state.facts));
  if (!autolora || !lora) return null;
  const n = autolora.predictions.length;
  if (autolora.primary !== 'accuracy') {
    const { primary } = autolora;
    const [mine, theirs] = [autolora, lora].map(
      ({ metrics }) => scoreText(primary, metrics[primary] ?? Number.NaN, n).score,
    );
    return (
      <p className="verdict">
        AutoLoRA scores {mine}, LoRA {theirs} ({metricLabel(primary)} on {whole(n)} {scored} examples); one
        seed settles nothing.
      </p>
    );
  }
  const both = [autolora, lora].map(({ metrics }) => metrics.accuracy ?? 0);
  const [mine = 0, theirs = 0] = both;
  const gap = 100 * (mine - theirs);
  const error = 100 * Math.sqrt(both.reduce((sum, p) => sum + (p * (1 - p)) / n, 0));
  return (
    <p className="verdict">
      {Math.abs(gap) < 0.05
        ? 'AutoLoRA and LoRA score the same'
        : `AutoLoRA scores ${Math.abs(gap).toFixed(1)} points ${gap > 0 ? 'above' : 'below'} LoRA`}
      {Math.abs(gap) < 2 * error
        ? `, which is within the noise of ${whole(n)} ${scored} examples (± ${error.toFixed(1)}); one seed settles nothing.`
        : ` on ${whole(n)} ${scored} examples (± ${error.toFixed(1)}); other seeds will differ.`}
    </p>
  );
}

/** What was really trained, on what, on which backend. */
function Honesty(): ReactElement | null {
  const start = usePlayground((state) => state.facts.start);
  const backend = usePlayground((state) => state.facts.backend);
  if (!start) return null;
  const { model, task, config, notes } = start;
  return (
    <footer className="honesty quiet">
      Trained: {model.name} ({whole(model.parameters)} parameters, {model.layers} blocks of width{' '}
      {model.hidden}, vocabulary {whole(model.vocabulary)}; {model.source}) on{' '}
      {taskInfo(task.name)?.title ?? task.name}, {whole(task.trainSize)} train and {whole(task.devSize)}{' '}
      {task.evaluatedOn ?? 'dev'} examples, seed {config.seed}
      {backend && `, on ${backendText(backend)}`}.{' '}
      {task.evaluatedOn === 'validation'
        ? 'Scored on validation; dev was not read.'
        : 'Dev is only used for this evaluation.'}
      {notes.length > 0 && (
        <ul>
          {notes.map((note) => (
            <li key={note}>{withLabels(note)}</li>
          ))}
        </ul>
      )}
    </footer>
  );
}

/** Settings by the names of their controls: the engine's notes, which the command line prints too, name their paths. */
const withLabels = (note: string): string =>
  note.replace(/\b[a-z]+\.[a-z]\w+\b/gi, (path) => {
    const label = fieldAt(path)?.label;
    return label ? `“${label}”` : path;
  });
