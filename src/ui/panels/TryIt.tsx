/** An input of one's own, before training and after, by all models: labels, scores, names, or texts as they are written. */
import { Button, Textarea } from '@mantine/core';
import { type CSSProperties, type FormEvent, type ReactElement, useEffect, useState } from 'react';
import { type Field, fieldAt } from '../../config/fields';
import { methodFacts } from '../../config/methods';
import type { AskedModel, GeneratedText, TextPrediction } from '../../runtime/protocol';
import { taskInfo } from '../../store/choices';
import { scoredOn } from '../../store/facts';
import { hasTexts } from '../../store/runs/sharedRun';
import { type PlaygroundState, shownConfig } from '../../store/state';
import type { Prediction } from '../../telemetry/events';
import { FieldControl } from '../controls/FieldControl';
import { percent } from '../numbers';
import { useActions, usePlayground, useReadState } from '../scope';
import { useOfRun } from '../useOfRun';
import { EntityText, typesOf } from './EntityText';
import { firstEvaluation, type TryExample, takesPair, tryExample } from './tryExamples';

const titleOf = (model: AskedModel): string =>
  model === 'before' ? 'before training' : methodFacts[model].title;

export default function TryIt(): ReactElement {
  const name = usePlayground((state) => shownConfig(state).data.task);
  const kind = taskInfo(name)?.kind ?? 'classification';
  // Another task starts with its own example.
  return kind === 'generation' ? <TryRecord key={name} task={name} /> : <TryText key={name} task={name} />;
}

/** A button that takes an example out of dev, once there is an evaluation. */
function DevExample({ onTake }: { onTake(example: TryExample): void }): ReactElement | null {
  const has = usePlayground(({ facts }) => {
    const evaluation = firstEvaluation(facts);
    return evaluation !== undefined && hasTexts(evaluation);
  });
  const scored = usePlayground(({ facts }) => scoredOn(facts));
  const readState = useReadState();
  if (!has) return null;
  const take = () => {
    const predictions = firstEvaluation(readState().facts)?.predictions ?? [];
    const one = predictions[Math.floor(Math.random() * predictions.length)];
    if (one) onTake(inputOf(one));
  };
  return (
    <button type="button" className="toggle" onClick={take}>
      one from {scored}
    </button>
  );
}

function inputOf(prediction: Prediction): TryExample {
  if ('words' in prediction) return { text: prediction.words.join(' ') };
  return 'source' in prediction
    ? { text: prediction.source }
    : { text: prediction.text, pair: prediction.pair };
}

/** How far a model was that is asked before its run is over: `at step 40 of search`. */
function standOf({ progress, facts }: PlaygroundState): string {
  if (!progress || !facts.start || progress.status === 'finished') return '';
  const { step, phase, role } = progress;
  if (phase === 'evaluate') return '';
  return `at step ${step} of ${phase}${role === 'lora' && facts.ranks ? ' (LoRA)' : ''}`;
}

function TryText({ task }: { task: string }): ReactElement {
  const { predict } = useActions();
  const startLabels = usePlayground((state) => state.facts.start?.task.labels);
  const hasPair = usePlayground(({ facts, draft }) => takesPair(task, facts, draft.data.columns));
  const [input, setInput] = useState(tryExample(task));
  const [answer, setAnswer] = useOfRun<
    { input: TryExample; predictions: TextPrediction[]; when: string } | undefined
  >(undefined);
  const readState = useReadState();
  const [asking, setAsking] = useState(false);
  const labels = startLabels ?? taskInfo(task)?.labels ?? [];
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    const asked = { text: input.text.trim(), pair: hasPair ? input.pair?.trim() : undefined };
    if (asked.text === '' || asking) return;
    setAsking(true);
    const predictions = await predict(asked.text, asked.pair || undefined);
    setAsking(false);
    if (predictions) setAnswer({ input: asked, predictions, when: standOf(readState()) });
  };
  return (
    <section className="try" aria-labelledby="try-title">
      <div className="card-head">
        <h3 id="try-title">{hasPair ? 'Try a pair' : 'Try a sentence'}</h3>
        <div className="tools">
          <DevExample onTake={setInput} />
        </div>
      </div>
      <form onSubmit={(event) => void ask(event)}>
        <SentenceInput
          label="A sentence of your own"
          value={input.text}
          onValue={(text) => setInput({ ...input, text })}
        />
        <Button type="submit" variant="default" loading={asking}>
          Ask
        </Button>
        {hasPair && (
          <SentenceInput
            label="The second sentence"
            value={input.pair ?? ''}
            onValue={(pair) => setInput({ ...input, pair })}
          />
        )}
      </form>
      <div aria-live="polite">
        {answer && (
          <>
            <p className="quiet">
              “{answer.input.text}”{answer.input.pair && ` / “${answer.input.pair}”`}
              {answer.when && `, ${answer.when}`}
            </p>
            <ul className="answers">
              {answer.predictions.map((prediction) => (
                <li key={prediction.model} data-model={prediction.model}>
                  <span className="answer-model">{titleOf(prediction.model)}</span>
                  {prediction.kind === 'tagging' ? (
                    <EntityText words={prediction.words} tags={prediction.tags} types={typesOf(labels)} />
                  ) : prediction.kind === 'regression' ? (
                    <b>{prediction.probabilities[0]?.toFixed(2)}</b>
                  ) : (
                    <Bars probabilities={prediction.probabilities} labels={labels} />
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

/** One line of text, shown whole as far as three rows reach; Enter asks. */
function SentenceInput({
  label,
  value,
  onValue,
}: {
  label: string;
  value: string;
  onValue(value: string): void;
}): ReactElement {
  return (
    <Textarea
      aria-label={label}
      autosize
      minRows={1}
      maxRows={3}
      value={value}
      onChange={(event) => onValue(event.currentTarget.value.replace(/\n/g, ' '))}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.currentTarget.form?.requestSubmit();
      }}
    />
  );
}

/** Most classes shown. */
const mostBars = 5;

function Bars({
  probabilities,
  labels,
}: {
  probabilities: readonly number[];
  labels: readonly string[];
}): ReactElement {
  const all = probabilities.map((p, i) => ({ p, name: labels[i] ?? String(i) }));
  const best = Math.max(...probabilities);
  // Few classes stay in their order; of many the likeliest are shown.
  const shown =
    all.length <= mostBars ? all : [...all].sort((left, right) => right.p - left.p).slice(0, mostBars);
  return (
    <span className="answer-bars" data-many={shown.length > 3}>
      {shown.map(({ p, name }) => (
        <span
          className="answer-bar"
          key={name}
          style={{ '--share': p } as CSSProperties}
          data-best={p === best}
        >
          <span>{name}</span> {percent(p)}
        </span>
      ))}
    </span>
  );
}

const decoding = [
  'generation.decoding',
  'generation.beams',
  'generation.maxNewTokens',
  'generation.temperature',
  'generation.topP',
];

function TryRecord({ task }: { task: string }): ReactElement {
  const { generate, cancelGeneration } = useActions();
  const writing = usePlayground((state) => state.writing);
  const [record, setRecord] = useState(tryExample(task).text);
  const [asking, setAsking] = useState(false);
  const [texts, setTexts] = useOfRun<GeneratedText[] | undefined>(undefined);
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    if (record.trim() === '' || asking) return;
    setAsking(true);
    setTexts(undefined);
    const written = await generate(record.trim());
    setAsking(false);
    setTexts(written);
  };
  const [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (!asking) setStopping(false);
  }, [asking]);
  const growing = writing && (Object.entries(writing) as [AskedModel, string][]);
  const shown: (Pick<GeneratedText, 'model' | 'text'> & { reason?: GeneratedText['finishReason'] })[] =
    growing?.map(([model, text]) => ({ model, text })) ??
    texts?.map(({ model, text, finishReason }) => ({ model, text, reason: finishReason })) ??
    [];
  return (
    <section className="try" aria-labelledby="try-title">
      <div className="card-head">
        <h3 id="try-title">Try a record</h3>
        <div className="tools">
          <DevExample onTake={({ text }) => setRecord(text)} />
        </div>
      </div>
      <form onSubmit={(event) => void ask(event)}>
        <Textarea
          aria-label="A record of your own"
          autosize={false}
          rows={3}
          value={record}
          onChange={(event) => setRecord(event.currentTarget.value)}
        />
        {asking ? (
          <Button
            variant="default"
            loading={stopping}
            onClick={() => {
              setStopping(true);
              void cancelGeneration();
            }}
          >
            Stop
          </Button>
        ) : (
          <Button type="submit" variant="default">
            Write
          </Button>
        )}
      </form>
      <ul className="answers answers-texts" aria-live="polite" aria-busy={asking}>
        {shown.map(({ model, text, reason }) => (
          <li key={model} data-model={model}>
            <span className="answer-model">{titleOf(model)}</span>
            <span>
              {text || <i>nothing</i>}
              {reason && reason !== 'end' && (
                <small> ({reason === 'cancelled' ? 'stopped' : 'longest text reached'})</small>
              )}
            </span>
          </li>
        ))}
        {asking && shown.length === 0 && <li className="quiet">The models are being asked…</li>}
      </ul>
      <details className="try-decoding">
        <summary>Decoding</summary>
        {decoding.map((path) => (
          <FieldControl key={path} field={fieldAt(path) as Field} />
        ))}
        <p className="field-why">A run keeps the decoding it was loaded with; restart it to change.</p>
      </details>
    </section>
  );
}
