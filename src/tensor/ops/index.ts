/** Every op that the models, adapters and optimizers are made of. */
export { attention } from './attention';
export { crossEntropy, IGNORED_LABEL } from './crossEntropy';
export { isDifferentiatingGradient } from './defineOp';
export { dropout } from './dropout';
export { embedding } from './embedding';
export { layerNorm } from './layerNorm';
export { linear, matMul } from './matMul';
export { exp, gelu, sigmoid, tanh } from './pointwise';
export { softmax } from './softmax';
export { sumRows } from './sumRows';
