/** What stands in the field to try, for each task: inputs of this project's own, of the kind that the task reads. */
import { isPairTask } from '../../store/choices';
import { evaluatedRoles, type RunFacts } from '../../store/facts';
import type { EvaluationEvent } from '../../telemetry/events';

export interface TryExample {
  text: string;
  pair?: string;
}

const examples: Readonly<Record<string, TryExample>> = {
  sst2: { text: 'The band was not as dull as everyone had said, and the last song was wonderful.' },
  cola: { text: 'Which letter did Clara give to?' },
  mrpc: { text: 'Martin sold a small boat to Julia.', pair: 'Julia bought a small boat from Martin.' },
  qqp: { text: 'Who repaired the clock in Vienna?', pair: 'By whom was the clock in Vienna repaired?' },
  mnli: { text: 'A new lamp was found by Nora on Sunday.', pair: 'Nora lost a lamp on Sunday.' },
  qnli: { text: 'What colour is the boat that Karl owns?', pair: 'Karl has a green boat.' },
  rte: {
    text: 'Four chairs were sold to Max by Anna in the garden. Felix went to Paris.',
    pair: 'Anna sold Max four chairs.',
  },
  stsb: { text: 'Rosa lent Tom three letters.', pair: 'Tom borrowed three letters from Rosa in Boston.' },
  bionlp: { text: 'Blood cells expressed a receptor for the Pimto receptor after two days.' },
  e2e: { text: 'name : Silver Clock | Type : cafe | food : Greek | area : harbour | family friendly : yes' },
  webnlg: { text: 'Western Tower : location : Athens | Western Tower : architect : Clara Stone' },
};

/** The example of a task; of one's own classification a plain sentence. */
export const tryExample = (task: string): TryExample =>
  examples[task] ?? { text: 'This is a sentence of my own.' };

/** The evaluation that examples are taken from. */
export function firstEvaluation(facts: Pick<RunFacts, 'evaluations'>): EvaluationEvent | undefined {
  const [first] = evaluatedRoles(facts);
  return first && facts.evaluations[first];
}

/** Whether two texts are asked about: as the task says, or what was scored, or the columns of own data. */
export function takesPair(task: string, facts: Pick<RunFacts, 'evaluations'>, columns: string): boolean {
  const one = firstEvaluation(facts)?.predictions[0];
  return isPairTask(task) || (one !== undefined && 'pair' in one) || /\bpair=/.test(columns);
}
