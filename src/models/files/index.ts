/** The files of a model folder, bytes and text in and out: no file system, so that a browser can use them. */
export {
  MODEL_FORMAT,
  MODEL_FORMAT_VERSION,
  readModelConfig,
  writeModelConfig,
  type ModelConfig,
} from './model-config.ts';
export { writeModelCard, type CardResults, type ModelCard } from './model-card.ts';
export {
  readSafetensors,
  writeSafetensors,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
  type Tensors,
} from './safetensors.ts';
export { dequantise, isQuantised, quantise, SCALE } from './int8.ts';
