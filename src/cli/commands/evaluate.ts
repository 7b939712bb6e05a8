/** `unroll evaluate`: measures a trained model on its own test documents, or on others. */
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { overrideLayer } from '../../config/overrides.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { Config } from '../../config/schema.ts';
import { DataError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { alignLabels, type Dataset, groupDigits } from '../../data/dataset.ts';
import { evaluatePredictions } from '../../evaluate/index.ts';
import {
  loadClassifier,
  openRunFolder,
  readDescription,
  readSplits,
  type RunFolder,
  writeTestResults,
} from '../../run/index.ts';
import { UsageError } from '../args.ts';
import {
  columnOptions,
  commonOptions,
  defineCommand,
  type Invocation,
  readWorkers,
  workersOption,
} from '../command.ts';
import { gateMetrics, missedGates, parseGates } from '../gates.ts';
import { createSay, loadDataset, type Say } from '../load-data.ts';
import { findSource } from '../source.ts';
import { warnOfTrainedOn } from '../trained-on.ts';
import { evaluationFor, sayMissed, writeResult } from '../write-result.ts';

/** The evaluate command. */
export const evaluate = defineCommand({
  name: 'evaluate',
  summary: 'Measure a trained model, with confidence intervals.',
  usage: 'RUN [DATA]',
  positionals: { min: 1, max: 2 },
  details:
    "Without DATA, the test documents of the run are read again from where the run read them, and RUN/test.json is written. With DATA, all of its documents are used and RUN/test-NAME.json is written; is DATA the run's own data, then its test documents alone, since the model was trained on the others. Of a model folder without its run, an evaluation is only written with -o.",
  options: {
    output: { value: 'FILE', short: 'o', description: 'write the evaluation to this JSON file instead' },
    'fail-under': {
      value: 'METRIC=NUMBER',
      multiple: true,
      description: 'exit with code 4 where a figure is lower, as in macro_f1=0.85',
    },
    ...columnOptions,
    workers: workersOption,
    ...commonOptions,
  },
  sections: ['data', 'evaluate'],
  examples: [
    { command: 'unroll evaluate runs/spam-1', does: "the run's own test documents" },
    {
      command: 'unroll evaluate runs/spam-1 more.csv --fail-under accuracy=0.95',
      does: 'other documents, with a gate',
    },
  ],
  async run({ positionals, values, io, overrides }) {
    const [path, source] = positionals;
    const gates = parseGates(values['fail-under'], gateMetrics);
    const say = createSay(io, values);
    const run = openRunFolder(runOf(path));
    const layers = existsSync(run.paths.config) ? [await loadConfig(run.paths.config)] : [];
    const config = resolveConfig(...layers, overrideLayer(overrides));
    const classifier = await loadClassifier(path, {
      now: io.now,
      threads: readWorkers(values.workers),
      batchSize: config.evaluate.batch_size,
    });
    try {
      const { dataset, own } = await chooseDocuments({ run, source, config, io, say });
      const aligned = alignLabels(dataset, classifier.labelNames);
      say(`${groupDigits(aligned.texts.length)} documents of ${aligned.source}`);
      const { bootstrap_samples, confidence } = config.evaluate;
      const evaluation = evaluatePredictions(
        {
          labels: aligned.labels,
          labelNames: classifier.labelNames,
          probabilities: classifier.predictProba(aligned.texts),
        },
        { bootstrap_samples, confidence, rng: createRng(config.train.seed).fork('bootstrap', 'test') },
      );
      const output = values.output ?? ownOutput(run, own, dataset.name);
      if (output !== undefined) {
        writeTestResults(output, evaluation);
        say(`written to ${output}`);
      }
      const { log_loss: loss } = evaluation;
      writeResult(io, values, { loss, ...evaluation }, () => evaluationFor(io.out, evaluation));
      return sayMissed(missedGates(gates, { ...evaluation, loss }), io);
    } finally {
      await classifier.close();
    }
  },
});

/** The run of a model: the folder itself, or the one around it where that is a run and this its `model`. */
function runOf(path: string): string {
  const around = join(path, '..');
  const isModel = basename(resolve(path)) === basename(openRunFolder(around).paths.model);
  return isModel && isKnown(openRunFolder(around)) ? around : path;
}

/** Whether a folder is a run with its split, not a model alone. */
function isKnown({ paths }: RunFolder): boolean {
  return existsSync(paths.description) && existsSync(paths.splits);
}

/** Where an evaluation goes unless told; nowhere for a model without its run, whose folder is not ours to add to. */
function ownOutput(run: RunFolder, own: boolean, name: string): string | undefined {
  if (own) return run.paths.test;
  return isKnown(run) ? join(run.path, `test-${safeName(name)}.json`) : undefined;
}

interface Question {
  readonly run: RunFolder;
  readonly source: string | undefined;
  readonly config: Config;
  readonly io: Invocation['io'];
  readonly say: Say;
}

/** The documents to measure on, and whether they are the run's own test documents. */
async function chooseDocuments({
  run,
  source,
  config,
  io,
  say,
}: Question): Promise<{ dataset: Dataset; own: boolean }> {
  if (!isKnown(run)) {
    if (source === undefined) {
      throw new UsageError(
        `[command line] ${run.path} is a model without its run, so that DATA must be given: unroll evaluate RUN DATA.`,
      );
    }
    return { dataset: await loadDataset(source, config, io, say), own: false };
  }
  const { data } = readDescription(run.paths.description);
  const from =
    source ?? findSource(data, 'Give it: unroll evaluate RUN DATA, or unroll evaluate RUN - < FILE.');
  if (source === undefined && isAbsolute(from) && !existsSync(from)) {
    throw new DataError(
      `[${run.path}] the data of the run must be where it was, but there is no ${from}. Put it back, or say where it is: unroll evaluate RUN DATA.`,
    );
  }
  const dataset = await loadDataset(from, config, io, say);
  if (dataset.hash !== data.hash) {
    if (source !== undefined) {
      await warnOfTrainedOn(dataset, { run, config, io, say });
      return { dataset, own: false };
    }
    throw new DataError(
      `[${data.source}] the data must be that of the run, but has changed since (${dataset.texts.length} documents, then ${data.documents}). ` +
        'Restore the file, or measure on another: unroll evaluate RUN DATA.',
    );
  }
  if (source !== undefined) say('this is the data of the run: its test documents are used');
  const { test } = readSplits(run.paths.splits);
  if (test.length === 0)
    throw new DataError(
      `[${run.path}] the run has no test documents. Give others: unroll evaluate RUN DATA.`,
    );
  return { dataset: subset(dataset, test), own: true };
}

/** The documents with the given row ids. */
function subset(dataset: Dataset, rowIds: Int32Array): Dataset {
  const indexOf = new Map(Array.from(dataset.rowIds, (row, i) => [row, i]));
  const indices = Int32Array.from(rowIds, (row) => indexOf.get(row) ?? -1).filter((i) => i >= 0);
  return {
    ...dataset,
    texts: Array.from(indices, (i) => dataset.texts[i]),
    labels: indices.map((i) => dataset.labels[i]),
    rowIds: indices.map((i) => dataset.rowIds[i]),
  };
}

function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80);
}
