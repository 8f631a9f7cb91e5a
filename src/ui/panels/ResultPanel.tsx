/** AutoLoRA beside LoRA: score, rank, parameters, cost; sentences to try; what can be taken away. */
import { lazy, type ReactElement } from 'react';
import { fieldAt } from '../../config/fields';
import { rolesOf } from '../../config/methods';
import { taskTitle } from '../../store/choices';
import { evaluatedRoles, scoredOn } from '../../store/facts';
import { shownConfig } from '../../store/state';
import { backendText } from '../controls/BackendBadge';
import { whole } from '../numbers';
import { PagePart } from '../PagePart';
import { usePlayground } from '../scope';
import { verdictText } from './metricText';
import { RoleResult } from './RoleResult';
import '../styles/result.css';

// None of them is needed at first sight.
const TryIt = lazy(() => import('./TryIt'));
const Predictions = lazy(() => import('./Predictions'));
const TakeAway = lazy(() => import('./TakeAway'));

export function ResultPanel(): ReactElement {
  const roles = rolesOf(usePlayground(shownConfig));
  return (
    <section className="card results" aria-labelledby="result-title">
      <div className="card-head">
        <h2 id="result-title">Result</h2>
        <Downloads />
      </div>
      <Verdict />
      <div className="result-columns" data-models={roles.length}>
        {roles.map((role) => (
          <RoleResult key={role} role={role} />
        ))}
        <div className="result-side">
          <PagePart name="Try it">
            <TryIt />
          </PagePart>
        </div>
        <DevPredictions />
      </div>
      <Honesty />
    </section>
  );
}

function Downloads(): ReactElement | null {
  const has = usePlayground(({ facts }) => facts.ranks !== undefined || evaluatedRoles(facts).length > 0);
  return has ? (
    <PagePart name="The download menu">
      <TakeAway />
    </PagePart>
  ) : null;
}

function DevPredictions(): ReactElement | null {
  const has = usePlayground(({ facts }) => evaluatedRoles(facts).length > 0);
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
  return autolora && lora ? <p className="verdict">{verdictText(autolora, lora, scored)}</p> : null;
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
      {model.hidden}, vocabulary {whole(model.vocabulary)}; {model.source}) on {taskTitle(task.name)},{' '}
      {whole(task.trainSize)} train and {whole(task.devSize)} {task.evaluatedOn ?? 'dev'} examples, seed{' '}
      {config.seed}
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
