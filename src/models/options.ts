/** The `model` section of a configuration. */
export {
  recurrentOptions as modelOptions,
  type RecurrentModelOptions as ModelOptions,
} from './recurrent/options.ts';
