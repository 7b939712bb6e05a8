/** `test/golden/tpe/distribution.json`: how well Optuna does on the eight problems. */
import { readFileSync } from 'node:fs';

/** The file. */
export interface DistributionFixture {
  readonly made_with: { readonly optuna: string };
  readonly trials: number;
  /** Numbers of trials after which the best value was noted. */
  readonly marks: readonly number[];
  /** Trials asked for before one is told, and how often that was done. */
  readonly batch: number;
  readonly batches: number;
  readonly problems: Readonly<
    Record<
      string,
      {
        /** Points with their values, to show that both languages have the same function. */
        readonly points: readonly {
          readonly params: Readonly<Record<string, string | number>>;
          readonly value: number;
        }[];
        /** By seed 0, 1, …, the best value at each mark. */
        readonly best: readonly (readonly number[])[];
        /** By seed, the best value of all batches; of some problems. */
        readonly batched?: readonly number[];
      }
    >
  >;
}

/** Reads it. */
export function loadDistribution(): DistributionFixture {
  const file = new URL('../golden/tpe/distribution.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as DistributionFixture;
}
