/** How the gradient of the selection variables is found. */
import { z } from 'zod';
import { choice, flag, integer, real } from '../fieldBuilders';

export const hypergradient = z.object({
  estimator: choice(
    ['finite-difference', 'finite-difference-forward', 'exact', 'sama', 'first-order'],
    'finite-difference',
    {
      label: 'Estimator',
      reason: 'How the implicit term of the hypergradient is computed; first-order leaves it out (η = 0).',
      group: 'hypergradient',
    },
  ),
  eta: real(1e-3, 0, 10, {
    label: 'η of the unrolled step',
    reason: 'Step length that the validation loss looks ahead; normally the W learning rate.',
    group: 'hypergradient',
    scale: 'log',
  }),
  unroll: choice(['sgd', 'optimizer'], 'sgd', {
    label: 'Unrolled step',
    reason: "sgd is Eq. 4; optimizer takes the inner optimizer's own step, as the released code does.",
    group: 'hypergradient',
  }),
  perturbAround: choice(['pre-step', 'post-step'], 'pre-step', {
    label: 'Perturb around',
    reason: "Finite differences around W (the derivation) or W' (Betty, the released code).",
    group: 'hypergradient',
    advanced: true,
  }),
  implicitScale: choice(['eta', 'unit'], 'eta', {
    label: 'Implicit scale',
    reason: 'Betty leaves the factor η out: unit behaves as η = 1 in the implicit term.',
    group: 'hypergradient',
    advanced: true,
  }),
  finiteDifferenceRadius: real(0.01, 1e-6, 10, {
    label: 'Difference radius',
    reason: 'ε = radius / ‖v‖; too small drowns in rounding, too large bends.',
    group: 'hypergradient',
    scale: 'log',
    advanced: true,
  }),
  rollback: flag(false, {
    label: 'Roll back',
    reason: 'Redo the W step with the new β (released code); one more pass.',
    group: 'hypergradient',
    advanced: true,
  }),
  hyperEvery: integer(1, 1, 1000, {
    label: 'β step every',
    reason: 'Take a β step every n-th iteration: cheaper, slower to separate.',
    group: 'hypergradient',
    advanced: true,
  }),
  inspectEvery: integer(0, 0, 100_000, {
    label: 'Inspect every',
    reason:
      'Compare the estimator with the exact hypergradient every n-th step (0 never): a double backward, for small models.',
    group: 'hypergradient',
    advanced: true,
  }),
});
