/** How each trajectory of an `autolora` folder takes its steps, read from its name and the words that describe it. */
import type { BilevelStepOptions } from '../../bilevel/steps';
import { ADAM_DEFAULTS, type AdamOptions } from '../../optim/adamw';
import { NotComparable } from './folder';

export interface TrajectoryPlan {
  /** Halves in order, all on the same batches. */
  halves: BilevelStepOptions['half'][];
  options: Omit<BilevelStepOptions, 'half'>;
  /** The hypergradient is a finite difference, which is compared more loosely. */
  approximate: boolean;
  /** The folder gives L_V after the W step, before any unrolled one. */
  lossAtNewWeights: boolean;
}

interface Optimizer {
  learningRate: number;
  options: AdamOptions;
}

/** An optimizer's settings as the words give them: `AdamW lr 1e-3 betas (.9,.999) eps 1e-8 weight_decay 0.01`. */
function optimizerIn(description: string, name: RegExp, weightDecay: number): Optimizer | undefined {
  const match = name.exec(description);
  if (!match) return undefined;
  // What is said of this optimizer ends where the next one, or the explanation, begins.
  const words = description.slice(match.index + match[0].length).split(/;|, outer|\. /)[0] ?? '';
  const number = (key: string) => {
    const found = new RegExp(`\\b(?:${key})[ =]([\\d.e-]*\\d)`).exec(words)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const learningRate = number('lr');
  if (learningRate === undefined) return undefined;
  const betas = /betas[ =]\(([\d.]+),\s*([\d.]+)\)/.exec(words);
  return {
    learningRate,
    options: {
      beta1: betas ? Number(betas[1]) : ADAM_DEFAULTS.beta1,
      beta2: betas ? Number(betas[2]) : ADAM_DEFAULTS.beta2,
      epsilon: number('eps') ?? ADAM_DEFAULTS.epsilon,
      weightDecay: number('weight_decay|wd') ?? weightDecay,
    },
  };
}

/**
 * @param name e.g. `eta0`, `exact_eta0.1`, `darts_original_eta0.1`, `exact_eta0.1_beta_first`, `betty_rollback`
 * @param description the folder's `desc`
 * @param before the plan of the trajectory before, for descriptions that say "as above"
 * @throws NotComparable where the name is of no known order
 */
export function trajectoryPlan(name: string, description: string, before?: TrajectoryPlan): TrajectoryPlan {
  const betty = name.startsWith('betty');
  const darts = name.startsWith('darts');
  const exact = name.startsWith('exact');
  const eta = Number(/eta(\d[\d.e-]*)/.exec(name)?.[1] ?? 0);
  if (!(betty || darts || exact || (name.startsWith('eta') && eta === 0)))
    throw new NotComparable(
      `golden.json has a trajectory "${name}", whose order of steps is not known here.`,
    );

  const inherited = /as above/i.test(description) ? before?.options : undefined;
  const weights = optimizerIn(description, /\bAdamW (?=lr)/, 0.01) ?? {
    learningRate: inherited?.weightLearningRate ?? 1e-3,
    options: inherited?.weightAdam ?? { ...ADAM_DEFAULTS, weightDecay: 0.01 },
  };
  const selection = optimizerIn(description, /\bAdam (?=lr)/, 0) ?? {
    learningRate: inherited?.betaLearningRate ?? (betty ? 3e-4 : 1e-3),
    options: inherited?.betaAdam ?? { ...ADAM_DEFAULTS, beta1: betty ? 0.5 : ADAM_DEFAULTS.beta1 },
  };
  const selectionFirst = betty || name.endsWith('beta_first');
  return {
    // Betty's W' is the optimizer's own step, so both halves are one bilevel step.
    halves: selectionFirst ? ['both'] : ['weights', 'selection'],
    approximate: betty || darts,
    lossAtNewWeights: /val_loss reported at Wnew/.test(description),
    options: {
      hypergradient: {
        estimator: betty || darts ? 'finite-difference' : exact ? 'exact' : 'first-order',
        eta,
        unroll: betty ? 'optimizer' : 'sgd',
        perturbAround: betty ? 'post-step' : 'pre-step',
        implicitScale: betty ? 'unit' : 'eta',
        finiteDifferenceRadius: Number(/eps=([\d.e-]*\d)\/\|\|v/.exec(description)?.[1] ?? 0.01),
      },
      weightAdam: weights.options,
      betaAdam: selection.options,
      weightLearningRate: weights.learningRate,
      betaLearningRate: selection.learningRate,
      clipNorm: 0,
      rollback: selectionFirst && !/no_?rollback/.test(name),
    },
  };
}
