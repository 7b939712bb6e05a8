/**
 * Neural network parts: layers, poolings, losses, optimisers, schedules, averages of weights, and the batch they work on. Runs in a browser.
 * @module
 */
export { type Average, type AverageContext, averages } from './averages/index.ts';
export { Batch, type Capacity } from './batch.ts';
export type { Context } from './context.ts';
export type { Cell, CellContext, CellFactory, Direction } from './layers/cell.ts';
export {
  createEmbedding,
  type Embedding,
  type EmbeddingOptions,
  embeddingParameters,
  PADDING_INDEX,
} from './layers/embedding.ts';
export { gru, layers, lstm, rnn } from './layers/index.ts';
export {
  createLinear,
  type Linear,
  type LinearOptions,
  linearParameters,
  linearWorkspace,
} from './layers/linear.ts';
export {
  createRecurrent,
  type Recurrent,
  type RecurrentMemory,
  type RecurrentOptions,
  recurrentParameters,
  recurrentWorkspace,
} from './layers/recurrent.ts';
export { type Loss, type LossContext, losses, type LossInput, type LossResult } from './losses/index.ts';
export { clipFactor, type Optimizer, optimizers, type OptimizerUpdate } from './optim/index.ts';
export { type Axis, type Init, Parameter, Parameters, type ParameterSpec } from './parameters.ts';
export { type Pooling, type PoolingInput, poolings } from './pooling/index.ts';
export { type Schedule, type ScheduleContext, schedules, type ScheduleState } from './schedules/index.ts';
