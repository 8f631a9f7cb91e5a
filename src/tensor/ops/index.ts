/** Every op that the models, adapters and optimizers are made of. */
export { addScaled } from './addScaled';
export { attention } from './attention';
export { columnProducts, scaleColumns } from './columns';
export { crossEntropy, IGNORED_LABEL } from './crossEntropy';
export { isDifferentiatingGradient } from './defineOp';
export { dropout } from './dropout';
export { embedding } from './embedding';
export { geluNew } from './geluNew';
export { layerNorm } from './layerNorm';
export { affine, linear, linearAdd, matMul } from './matMul';
export { exp, gelu, sigmoid, tanh } from './pointwise';
export { constantRowNorms } from './rowNorms';
export { softmax } from './softmax';
export { sumOfSquares } from './sumOfSquares';
export { sumRows } from './sumRows';
