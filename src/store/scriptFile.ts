/** The Python script of the run on the page: its learned ranks, or those of the one method that was trained. */
import { type ScriptSource, trainingScript } from '../report/script/trainingScript';
import type { PlaygroundState } from './state';

/** @throws Error where there are no ranks yet, or none that LoRA could be trained with */
export function scriptOfState({ facts, loaded }: Pick<PlaygroundState, 'facts' | 'loaded'>): {
  name: string;
  text: string;
} {
  const { start, ranks: learned, evaluations } = facts;
  const config = start?.config ?? loaded;
  const role = config?.method;
  const ranks = (role && evaluations[role]?.ranks) ?? learned?.ranks;
  if (!start || !config || !role || !ranks)
    throw new Error('There are no ranks to train with yet: let the run come to its threshold.');
  const { model, task, scalings, commits } = start;
  const source: ScriptSource = { config, model, task, role, ranks, scalings, commits };
  return { name: `train-${role}-${start.task.name}-seed${config.seed}.py`, text: trainingScript(source) };
}
