/** A sentence of one's own, before training and after, by both models. */
import { Button, TextInput } from '@mantine/core';
import { type CSSProperties, type FormEvent, type ReactElement, useState } from 'react';
import type { TextPrediction } from '../../runtime/protocol';
import { taskByName } from '../../tasks/registry';
import { percent } from '../numbers';
import { useActions, usePlayground } from '../scope';

const titles: Record<TextPrediction['model'], string> = {
  before: 'before training',
  autolora: 'AutoLoRA',
  lora: 'LoRA',
};
const example = 'The band was not as dull as everyone had said, and the last song was wonderful.';

export function TrySentence(): ReactElement {
  const { predict } = useActions();
  const taskName = usePlayground((state) => (state.loaded ?? state.draft).data.task);
  const startLabels = usePlayground((state) => state.facts.start?.task.labels);
  const [text, setText] = useState(example);
  const [answer, setAnswer] = useState<{ text: string; predictions: TextPrediction[] }>();
  const [asking, setAsking] = useState(false);
  const labels = startLabels ?? labelsOf(taskName);
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '' || asking) return;
    setAsking(true);
    const predictions = await predict(text.trim());
    setAsking(false);
    if (predictions) setAnswer({ text: text.trim(), predictions });
  };
  return (
    <section className="try" aria-labelledby="try-title">
      <h3 id="try-title">Try a sentence</h3>
      <form onSubmit={(event) => void ask(event)}>
        <TextInput
          aria-label="A sentence of your own"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={asking}>
          Ask
        </Button>
      </form>
      <div aria-live="polite">
        {answer && (
          <>
            <p className="quiet">“{answer.text}”</p>
            <ul className="answers">
              {answer.predictions.map(({ model, probabilities }) => (
                <li key={model} data-model={model}>
                  <span className="answer-model">{titles[model]}</span>
                  {probabilities.length === 1 ? (
                    <b>{probabilities[0]?.toFixed(2)}</b>
                  ) : (
                    <span className="answer-bars">
                      {probabilities.map((p, i) => (
                        <span
                          className="answer-bar"
                          key={labels[i] ?? i}
                          style={{ '--share': p } as CSSProperties}
                          data-best={p === Math.max(...probabilities)}
                        >
                          {labels[i] ?? i} {percent(p)}
                        </span>
                      ))}
                    </span>
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

function labelsOf(task: string): readonly string[] {
  try {
    return taskByName(task).labels;
  } catch {
    return [];
  }
}
