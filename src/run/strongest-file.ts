/** `strongest.json`: for each class, the features with the largest weights, if the model has such features. */
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.strongest', version: 1 } as const;

/** For each class, the features with the largest weights first. */
export const strongestSchema = z.array(
  z.object({
    label: z.string(),
    features: z.array(z.object({ feature: z.string(), weight: z.number() })),
  }),
);

/** The n-grams with the largest weights of each class, in the order of the classes. */
export type StrongestFeatures = z.output<typeof strongestSchema>;

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  classes: strongestSchema,
});

/** Features of each class that are kept. */
const MOST = 10;

/** The strongest features of a model as they are kept; undefined for a model that has none. */
export function strongestOf(
  model: {
    strongest?(most: number): readonly (readonly { readonly feature: string; readonly weight: number }[])[];
  },
  labelNames: readonly string[],
): StrongestFeatures | undefined {
  return model.strongest?.(MOST).map((features, c) => ({
    label: labelNames[c],
    features: features.map(({ feature, weight }) => ({ feature, weight: Number(weight.toPrecision(6)) })),
  }));
}

/** Writes the features. */
export function writeStrongest(path: string, classes: StrongestFeatures): void {
  writeJson(path, { ...FORMAT, classes });
}

/** Reads the features. Errors as `readJson`. */
export function readStrongest(path: string): StrongestFeatures {
  return readJson(path, schema, FORMAT).classes;
}
