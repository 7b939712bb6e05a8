/** The network from scratch, the whole of `src/scratch/`, for the command line. */
export { checkGradients, type GradientCheck } from '../../scratch/gradient-check.ts';
export { type GradientFlow, measureGradientFlow } from '../../scratch/gradient-flow.ts';
export {
  accumulate,
  createRandom,
  createRnn,
  forward,
  type Gradient,
  lossOf,
  type Rnn,
  sgdStep,
  softmax,
  weightNames,
  zeroGradient,
  zeroRnn,
} from '../../scratch/rnn.ts';
export { type Task, type TaskResult, tasks, trainTask } from '../../scratch/tasks.ts';
