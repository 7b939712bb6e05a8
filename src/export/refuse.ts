/** Refusals that several targets share: what the model is, and what to do. */
import { UnsupportedError } from '../core/errors.ts';
import type { ModelFiles } from '../classifier/model-files.ts';
import { modelOptions, type ModelOptions, type RecurrentModelOptions } from '../models/options.ts';
import type { TypeAndOptions } from '../core/family.ts';
import { asRecurrent } from '../models/family.ts';
import { losses } from '../nn/losses/index.ts';
import { poolingOptions } from '../nn/pooling/index.ts';
import { parseOption } from '../core/read-options.ts';

/** The options of a model that is not an ensemble. */
export function optionsOf({ config }: ModelFiles): ModelOptions {
  return parseOption(modelOptions, config.model, 'model');
}

/** Refuses an ensemble. @param target As `--to` has it. */
export function refuseEnsemble({ members }: ModelFiles, target: string): void {
  if (!members) return;
  throw new UnsupportedError(
    `[export] --to ${target} takes one model, but this one averages ${members.length}. ` +
      `Choose one of them with --member 1 to ${members.length}, or export all of them with --to html or web.`,
  );
}

/** The options of a recurrent network. @throws UnsupportedError for any other model */
export function requireNetwork(files: ModelFiles, target: string, fix: string): RecurrentModelOptions {
  refuseEnsemble(files, target);
  const options = optionsOf(files);
  const network = asRecurrent(options);
  if (network) return network;
  throw new UnsupportedError(
    `[export] --to ${target} takes a recurrent network, but the model is ${options.type}. ${fix}`,
  );
}

/** Refuses a network with a layer or pooling that the program of a target lacks. */
export function requireParts(
  { type, pooling }: Pick<RecurrentModelOptions, 'type' | 'pooling'>,
  { target, layers, poolings }: { readonly target: string; readonly layers: readonly string[]; readonly poolings: readonly string[] }, // prettier-ignore
): void {
  const refuse = (what: string, known: readonly string[], came: string) => {
    throw new UnsupportedError(
      `[export] --to ${target} knows the ${what} ${known.join(', ')}, but the model has ${came}. Export it with --to html or web.`,
    );
  };
  if (!layers.includes(type)) refuse('recurrent layers', layers, type);
  for (const given of pooling) {
    const { type: came } = poolingOptions(given);
    if (!poolings.includes(came)) refuse('poolings', poolings, came);
  }
}

/** Refuses a network that reads character n-grams, which only Unroll's own code computes. */
export function refuseNgrams({ ngram_buckets }: RecurrentModelOptions, target: string): void {
  if (ngram_buckets === 0) return;
  throw new UnsupportedError(
    `[export] --to ${target} takes a network that reads whole tokens, but this one reads character n-grams too. ` +
      'Export it with --to html or web, or train one without model.ngram_buckets.',
  );
}

/** Refuses a network whose loss gives probabilities that are not the softmax of its outputs. */
export function requireSoftmax({ config: { loss } }: ModelFiles, target: string): void {
  if (!loss || isSoftmax(loss)) return;
  throw new UnsupportedError(
    `[export] --to ${target} takes a network whose probabilities are the softmax of its outputs, but train.loss ${loss.type} has others. ` +
      'Export it with --to html or web, or train it with another train.loss.',
  );
}

/** Tried on outputs that are far apart, and near. */
function isSoftmax(loss: TypeAndOptions): boolean {
  const f = Float64Array.of(2, -1, 0.5);
  const [found, softmax] = [loss, { type: 'cross_entropy' }].map((one) => {
    const to = new Float64Array(f.length);
    losses.create(one, { classes: f.length }).probabilities({ f, logits: 0, ld: f.length, B: 1 }, to);
    return to;
  });
  return found.every((p, c) => Math.abs(p - softmax[c]) < 1e-9);
}
