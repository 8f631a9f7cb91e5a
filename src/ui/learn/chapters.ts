/** The method as a walk: what each chapter says, its equations in the paper's numbering, and what is seen and tried. */
import type { EstimatorName, SelectionVariant } from '../../config/experiment';
import type { FieldValue } from '../../config/fields';
import type { StepHalf } from '../../telemetry/events';

/** What the live picture shows of the run. */
export type PictureName =
  | 'magnitude'
  | 'selection'
  | 'losses'
  | 'ways'
  | 'hypergradient'
  | 'threshold'
  | 'ranks'
  | 'variants';

/** Something to do on the run at hand. */
export type TryIt =
  | { kind: 'step'; half: StepHalf; label: string }
  | { kind: 'threshold'; label: string }
  | { kind: 'play'; label: string }
  | { kind: 'set'; label: string; fields: Readonly<Record<string, FieldValue>> };

export interface Chapter {
  /** In the link: `lesson=thresholding`. */
  id: string;
  title: string;
  equations: readonly { latex: string; from: string }[];
  paragraphs: readonly string[];
  picture: PictureName;
  tries: readonly TryIt[];
}

/** Sets all that tells AutoLoRA and its ablations apart, so that one choice does not add to the one before. */
const variant = (label: string, selection: SelectionVariant, estimator: EstimatorName): TryIt => ({
  kind: 'set',
  label,
  fields: { 'adapter.selection': selection, 'hypergradient.estimator': estimator },
});

export const chapters: readonly Chapter[] = [
  {
    id: 'low-rank',
    title: 'Low-rank updates',
    equations: [
      {
        latex: String.raw`\widetilde W = W_0 + \tfrac{\alpha}{k}\,B A,\quad A\in\mathbb R^{k\times d},\; B\in\mathbb R^{d\times k}`,
        from: 'LoRA, §3',
      },
    ],
    paragraphs: [
      'Finetuning a model means changing its weights. LoRA leaves the pretrained matrix W₀ as it is and adds a product of two thin matrices: B has k columns, A has k rows. Instead of d·d numbers it trains 2·k·d.',
      'k is the rank of the update. A larger one can say more and costs more. Everybody gives every layer the same rank, or tries a few: this is the choice that AutoLoRA makes by itself, layer by layer.',
      'B starts at zero, so training begins exactly at the pretrained model. The bars show how much each of the k columns and rows of one layer has come to do, as ‖Aⱼ‖·‖Bⱼ‖.',
    ],
    picture: 'magnitude',
    tries: [{ kind: 'step', half: 'both', label: 'Take one whole step and watch the bars grow' }],
  },
  {
    id: 'components',
    title: 'Rank-1 components and selection variables',
    equations: [
      {
        latex: String.raw`\Delta_l=\sum_{j=1}^{k} a_{l,j}\,\Delta_{l,j},\qquad \Delta_{l,j}=B_{\cdot j}A_{j\cdot}`,
        from: 'Eq. 2',
      },
      {
        latex: String.raw`a_{l,j}=\frac{\exp\beta_{l,j}}{\sum_{i}\exp\beta_{l,i}},\qquad \sum_j a_{l,j}=1`,
        from: 'Eq. 3',
      },
    ],
    paragraphs: [
      'A product of rank k is a sum of k products of rank 1: one column of B times one row of A. AutoLoRA puts a weight aⱼ in front of each, its selection variable.',
      'The weights of a layer are a softmax of free numbers β, so they are positive and add up to 1: a component can only gain what others of its layer lose. All start at 1/k. The line in the picture is the threshold under which a component will be dropped.',
      'Learning which components deserve weight is learning how many the layer needs.',
    ],
    picture: 'selection',
    tries: [
      { kind: 'step', half: 'selection', label: 'Step β alone: the weights move, A and B stand still' },
      { kind: 'step', half: 'both', label: 'Take one whole step' },
    ],
  },
  {
    id: 'two-sets',
    title: 'Why two data sets',
    equations: [
      {
        latex: String.raw`\min_{\beta}\; L_V\big(W^*(\beta),\beta\big)\quad\text{s.t.}\quad W^*(\beta)=\arg\min_{W} L_T(W,\beta)`,
        from: 'what Eq. 5 stands for',
      },
    ],
    paragraphs: [
      'If the same examples taught the weights and the selection, every component would seem useful: more parameters always fit the train set better. A component earns its place only by helping on examples that the weights have not been fitted to.',
      'So the train set is split in two parts, halves in the paper. On one, W (every A, every B and the head) is learnt; on the other, β. That makes two problems, one inside the other: a bilevel problem.',
      'The solid line is the loss on the part that W sees, the dashed one on the part that β sees, at the weights one step ahead (next chapter). A point is the mean over the batches since the point before, so two points differ by their batches too. Where the dashed line rises over many steps while the solid one falls, the weights have begun to memorise.',
    ],
    picture: 'losses',
    tries: [
      { kind: 'step', half: 'weights', label: 'Step W: only train is read' },
      { kind: 'step', half: 'selection', label: 'Step β: validation is read, and train for the look ahead' },
    ],
  },
  {
    id: 'unrolled-step',
    title: 'The unrolled step',
    equations: [
      { latex: String.raw`W^*(\beta)\;\approx\; W' = W-\eta\,\nabla_W L_T(W,\beta)`, from: 'Eq. 4' },
    ],
    paragraphs: [
      'The exact answer of the inner problem, the best W for each β, would need a whole training for every small change of β. AutoLoRA looks one step ahead instead: the W that a single gradient step would give stands for the best one.',
      'W′ depends on β, since the gradient that leads there was taken with these selection weights. So a change of β reaches the validation loss by two ways: at once, and through W′. The picture has both, with the size that each had at the last step of β.',
      'η is the length of that imagined step. It is small, which the next chapter makes visible.',
    ],
    picture: 'ways',
    tries: [{ kind: 'step', half: 'weights', label: 'Take the step of W that is looked ahead to' }],
  },
  {
    id: 'hypergradient',
    title: 'The hypergradient, direct and implicit',
    equations: [
      {
        latex: String.raw`\nabla_\beta L_V(W',\beta)=\underbrace{\partial_\beta L_V(W',\beta)}_{\text{direct}}\;\underbrace{-\,\eta\,\nabla^2_{\beta W}L_T(W,\beta)\,\nabla_{W'}L_V(W',\beta)}_{\text{implicit}}`,
        from: 'gradient of Eq. 5',
      },
      {
        latex: String.raw`\nabla^2_{\beta W}L_T\,v\approx\frac{\nabla_\beta L_T(W+\epsilon v)-\nabla_\beta L_T(W-\epsilon v)}{2\epsilon},\quad \epsilon=\frac{0.01}{\lVert v\rVert}`,
        from: 'central difference, not in the paper',
      },
    ],
    paragraphs: [
      'The direct term says how β moves the validation loss now, with W′ held. The implicit one says how β changes the step that W is about to take, and through it the loss.',
      'The second needs a matrix of second derivatives times a vector. Nobody builds that matrix: two more gradients, a little to either side of W, give their difference.',
      'With the paper’s settings the implicit term is small beside the direct one, by the factor η; the released code leaves that factor out, and there it is the larger of the two. How large it is in this run, the chart of norms in the Lab shows; what leaving it out changes, the last chapter.',
    ],
    picture: 'hypergradient',
    tries: [{ kind: 'step', half: 'selection', label: 'Step β by this hypergradient' }],
  },
  {
    id: 'thresholding',
    title: 'Thresholding',
    equations: [
      { latex: String.raw`r_l=\#\{\,j : a_{l,j}\ge\lambda\,\},\qquad \lambda=\tfrac1k`, from: '§4.4' },
    ],
    paragraphs: [
      'After the search, components whose weight stands below the threshold are dropped; how many are left is the layer’s rank. With λ = 1/k a component stays if it holds at least its equal share.',
      'Equal weights keep all k: a layer that never found a difference keeps everything. A few strong components leave less than an equal share to the others, and those are dropped; one weak component alone costs the layer only itself.',
      'Move the line: the ranks under it are what each layer would get.',
    ],
    picture: 'threshold',
    tries: [
      { kind: 'step', half: 'both', label: 'One more step of the search' },
      { kind: 'threshold', label: 'Threshold now: end the search and keep the ranks' },
    ],
  },
  {
    id: 'retraining',
    title: 'Retraining',
    equations: [
      { latex: String.raw`\min_{W}\;L_{T\cup V}(W),\qquad \operatorname{rank}\Delta_l=r_l`, from: '§4.5' },
    ],
    paragraphs: [
      'The search has found sizes; its weights have seen only a part of the data. So fresh LoRA layers of the learned ranks, without selection variables, are trained on all of it, and scored once on dev examples that nothing has read.',
      'Plain LoRA of about the same total size is trained beside it, with the same steps and data. If AutoLoRA is no better than that, this run gives no sign that it matters where the rank goes; where accuracies are compared, the result says how large a difference chance alone makes.',
      'One run is one seed. On the Runs screen a sweep over seeds gives a mean, a spread and a test.',
    ],
    picture: 'ranks',
    tries: [{ kind: 'play', label: 'Play to the end: search, threshold, retrain, evaluate' }],
  },
  {
    id: 'ablations',
    title: 'Ablations',
    equations: [
      {
        latex: String.raw`a=\operatorname{softmax}(\beta)\;\;|\;\;a=\sigma(\beta)\;\;|\;\;a=\beta\;\;|\;\;\eta=0`,
        from: 'Table 4',
      },
    ],
    paragraphs: [
      'Which parts of the method carry it? Take one away and look. Without the softmax, each weight can grow for itself (sigmoid), or is any number at all (no constraint): nothing makes components of a layer compete.',
      'With η = 0 the implicit term is left out: the search becomes alternating descent on the two parts, for half of the passes. At the paper’s η the term turns the hypergradient by about a thousandth of a radian.',
      'The picture puts the β of one layer through the three functions. Choose one below: the Lab’s controls take it over, and Restart begins a run with it.',
    ],
    picture: 'variants',
    tries: [
      variant('Sigmoid', 'sigmoid', 'finite-difference'),
      variant('Without constraint', 'none', 'finite-difference'),
      variant('η = 0 (first-order)', 'softmax', 'first-order'),
      variant('Back to AutoLoRA', 'softmax', 'finite-difference'),
    ],
  },
];
