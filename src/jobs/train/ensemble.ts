/** An ensemble of saved models: their files under one config. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  memberFile,
  modelFileNames,
  writeEnsembleFiles,
  writeModelFiles,
} from '../../classifier/model-files.ts';
import { type Calibration, describeFiles } from '../../classifier/trained.ts';
import { invariant } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';
import { VERSION } from '../../core/version.ts';
import { groupDigits } from '../../core/words.ts';
import {
  argmaxRows,
  type Evaluation,
  applyThresholds,
  scaleProbabilities,
  temperatureOf,
  type TypicalDocuments,
  typicalOf,
} from '../../evaluate/index.ts';
import { type ModelConfig, readModelConfig } from '../../models/files/index.ts';
import {
  readModelFolder,
  readRegularFile,
  readValidation,
  type RunFolder,
  type ValidationPredictions,
  writeFilesAtomic,
} from '../../run/index.ts';
import { escapeMarkdown } from '../../report/markdown.ts';
import type { Trained } from './save.ts';

/** Writes the equally weighted ensemble of some model folders, replacing a model at that path. */
export function ensembleOf(
  path: string,
  folders: readonly string[],
  parameters: number,
  { temperature = 1, typical }: Partial<Pick<AverageValidation, 'temperature' | 'typical'>> = {},
): void {
  const all = folders.flatMap((folder) =>
    membersOf(folder).map((member) => ({ ...member, weight: member.weight / folders.length })),
  );
  const names = all[0].config.labelNames;
  const types = [...new Set(all.map(({ config }) => String(config.model['type'])))].join(', ');
  const text =
    `${folders.length} models of type \`${types}\` that differ in their seed, with ${groupDigits(parameters)} parameters in all. ` +
    `The probabilities\nof the ensemble are the mean of theirs${temperature === 1 ? '' : `, scaled by a temperature of ${temperature.toPrecision(3)}`}.`;
  const card = cardOf(`Ensemble of ${folders.length} classifiers`, text, names);
  writeFilesAtomic(
    path,
    writeEnsembleFiles(
      all,
      all.map(({ weight }) => weight),
      card,
      { ...(temperature !== 1 && { temperature }), ...(typical && { typical }) },
    ),
  );
}

/** The predictions of an ensemble for the validation documents, which its members share. */
export interface AverageValidation {
  readonly predictions: ValidationPredictions;
  /** Of the ensemble: the mean of calibrated probabilities is underconfident. */
  readonly temperature: number;
  readonly typical: TypicalDocuments;
}

/**
 * The mean of the members' probabilities of their validation documents; undefined where a member has none.
 * @param how `calibrate`: whether the ensemble gets a temperature. Default true.
 */
export function averageValidation(
  runs: readonly RunFolder[],
  { calibrate = true }: { readonly calibrate?: boolean } = {},
): AverageValidation | undefined {
  if (!runs.every(({ paths }) => existsSync(paths.validation))) return undefined;
  const members = runs.map(({ paths }) => {
    const file = join(paths.model, 'config.json');
    return {
      config: readModelConfig(readFileSync(file, 'utf8'), { file }),
      predictions: readValidation(paths.validation),
    };
  });
  const [{ predictions: first }] = members;
  const classes = first.labelNames.length;
  const probabilities = new Float64Array(first.probabilities.length);
  for (const { config, predictions } of members) {
    invariant(
      predictions.rowIds.join() === first.rowIds.join(),
      'all seeds have the same validation documents',
    );
    // of an average the ensemble has the members, without its temperature
    const { temperature = 1, thresholds } = config.ensemble ? {} : config;
    const calibrated = scaleProbabilities(predictions.probabilities, classes, temperature);
    const scaled = applyThresholds(calibrated, thresholds);
    for (const [i, p] of scaled.entries()) probabilities[i] += p / members.length;
  }
  const temperature = calibrate ? temperatureOf({ probabilities, labels: first.labels, classes }) : 1;
  const own = scaleProbabilities(probabilities, classes, temperature);
  const best = Array.from(argmaxRows(own, classes), (c, n) => own[n * classes + c]);
  // the ensemble knows a text if one of its members does
  const known = members.flatMap(({ config: { typical } }) => (typical ? [typical.known] : []));
  if (known.length < members.length) return undefined;
  return {
    predictions: { ...first, probabilities },
    temperature,
    typical: {
      ...typicalOf(best, best),
      known: known[0].map((_, k) => maxOf(known, (shares) => shares[k])),
    },
  };
}

interface Member {
  readonly config: ModelConfig;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly weight: number;
}

/** The model of a folder; of an average, its members, since an ensemble holds no ensembles. */
function membersOf(folder: string): readonly Member[] {
  // checked as when it is loaded
  const { config, members } = readModelFolder(folder);
  const read = (name: string) => readRegularFile(join(folder, name), 'read the model');
  const { ensemble } = config;
  if (!ensemble || !members) {
    return [{ config, files: new Map(modelFileNames(config).map((name) => [name, read(name)])), weight: 1 }];
  }
  return members.map((member, m) => ({
    config: member.config,
    files: new Map(modelFileNames(member.config).map((name) => [name, read(memberFile(m, name))])),
    weight: ensemble.weights[m],
  }));
}

/** Writes the weighted average of a network and the linear model, replacing a model at that path. */
export function writeAverage(
  path: string,
  { network, linear }: { readonly network: Trained; readonly linear: Trained },
  {
    weight,
    calibration,
    average: { temperature, typical },
    test,
  }: {
    /** Weight of the network. */
    readonly weight: number;
    /** Of the network. */
    readonly calibration: Calibration;
    /** Of the average. */
    readonly average: Calibration;
    readonly test: Evaluation | null;
  },
): void {
  const files = [
    describeFiles(network, calibration, null),
    describeFiles(linear, { temperature: 1, validation: new Float64Array() }, null),
  ];
  const members = files.map((one) => ({ config: one.config, files: writeModelFiles(one) }));
  const { labelNames, model } = files[0].config;
  const share = (proportion: number) => `${Math.round(100 * proportion)} %`;
  const text =
    `A network of type \`${String(model['type'])}\` and the linear model. The probabilities are the weighted mean of theirs: ${share(weight)} of the network's,\n` +
    `${share(1 - weight)} of the linear model's. The weight was chosen by the log loss on ${groupDigits(network.prepared.val.labels.length)} validation documents.` +
    (test ? ` Accuracy on ${groupDigits(test.documents)} test documents: ${test.accuracy.toFixed(4)}.` : '');
  const card = cardOf('Average of a network and the linear model', text, labelNames);
  const own = { ...(temperature !== 1 && { temperature }), ...(typical && { typical }) };
  writeFilesAtomic(path, writeEnsembleFiles(members, [weight, 1 - weight], card, own));
}

function cardOf(title: string, text: string, labelNames: readonly string[]): string {
  return `---
library_name: unrolled
pipeline_tag: text-classification
---

# ${title}

${text} The files of each member begin with \`member-1.\`, \`member-2.\` and so on; \`config.json\` says
what each counts. Made by Unroll ${VERSION}.

Classes:

${labelNames.map((name) => `- ${escapeMarkdown(name)}`).join('\n')}
`;
}
