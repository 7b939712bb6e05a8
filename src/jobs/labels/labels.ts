/**
 * The labels job: which labels of a data set are probably wrong, by confident learning on out-of-fold probabilities and, where a
 * network judges, by the margins of its epochs.
 */
import type { Config } from '../../config/schema.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { type Correction, correctionLines } from '../../data/corrections.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Splits } from '../../data/splits.ts';
import { csvLine } from '../../data/to-csv.ts';
import { findLabelErrors, type LabelScore, needsMargins } from '../../evaluate/index.ts';
import { fittedAtOnce } from '../../models/family.ts';
import { type NearDocument, nearestTexts } from '../../models/linear/nearest-texts.ts';
import { escapeFormula, STDIN, writeFileAtomic } from '../../run/index.ts';
import { beginJob, type JobContext } from '../context.ts';
import { crossValidate, type CvRequest } from '../cv/cv.ts';
import { resolveConfigurations } from '../cv/configurations.ts';
import { cvPaths } from '../cv/state.ts';
import { readLabelled, splitLabelled } from '../read-data.ts';
import { readMargins, readOutOfFold } from './out-of-fold.ts';

/** Which labels to check, and with which configuration to cross-validate; by default the linear model. */
export interface LabelsRequest extends Omit<CvRequest, 'configs' | 'margins'> {
  /** A configuration: a file, a preset, or an object of its sections. */
  readonly config?: NonNullable<CvRequest['configs']>[number] | undefined;
  /** How documents are ranked. Default combined where a network judges, else self_confidence. */
  readonly score?: LabelScore | undefined;
}

/** A document whose label is not what the classifier predicts. */
export interface QuestionedLabel {
  /** 0-based record number in the data. */
  readonly row: number;
  /** The part of the split that it is in when training with these settings. */
  readonly part: 'train' | 'val' | 'test';
  /** Label in the data. */
  readonly given: string;
  /** Label that the models find more probable. */
  readonly suggested: string;
  /** How good the label is, in [0, 1]. */
  readonly score: number;
  /**
   * Area under the margin of the networks trained on it, in nats: below 0, another class is more probable. Null
   * without networks.
   */
  readonly areaUnderMargin: number | null;
  /** Whether it is probably wrong, by confident learning. */
  readonly suspect: boolean;
  readonly text: string;
  /** The most similar other document; null where none shares a word. */
  readonly nearest: NearDocument | null;
}

/** The result: what was found about the labels of a data set. */
export interface FoundLabels {
  /** Its folder. */
  readonly folder: string;
  /** The ranked list and the corrections in it. */
  readonly files: { readonly labels: string; readonly corrections: string };
  readonly documents: number;
  /** How they are ranked. */
  readonly score: LabelScore;
  /** The suspects. */
  readonly suspects: number;
  /** Those of them in the test part. */
  readonly suspectsInTest: number;
  /** The suspects by label and suggestion, the most frequent pair first. */
  readonly pairs: readonly { readonly given: string; readonly suggested: string; readonly count: number }[];
  /** Documents whose label is not the most probable class, the worst score first. */
  readonly questioned: readonly QuestionedLabel[];
}

/**
 * Cross-validates, ranks the labels, and writes `labels.csv` and `corrections.csv` beside the results of the
 * cross-validation. Errors as `crossValidate`.
 */
export async function findWrongLabels(
  request: LabelsRequest,
  context: JobContext = {},
): Promise<FoundLabels> {
  const { source, config = { model: { type: 'linear' } }, score: wanted, ...rest } = request;
  if (source === STDIN) {
    throw new ConfigError(
      '[labels] DATA must be a file, so that its rows can be corrected, but is standard input. Save it first.',
    );
  }
  const [{ config: asked }] = await resolveConfigurations([config], request.overrides ?? []);
  if (wanted !== undefined && needsMargins(wanted)) requireMargins(asked, wanted);
  const { folder, results } = await crossValidate(
    { ...rest, source, configs: [config], margins: true },
    context,
  );
  const job = { ...beginJob(context), notice: () => undefined };
  // one that is resumed keeps the settings that it began with
  const judge = results.configurations[0].config;
  const dataset = await readLabelled(source, judge, job);
  if (dataset.hash !== results.data.hash)
    throw new DataError(`[${source}] the data must stay as it is while its labels are looked at, but has changed. Start again.`); // prettier-ignore
  const paths = cvPaths(folder);
  const probabilities = readOutOfFold(paths.predictions, dataset);
  const { labels, labelNames, texts } = dataset;
  const margins = readMargins(paths.margins, dataset);
  if (wanted !== undefined && needsMargins(wanted) && !margins) {
    throw new ConfigError(
      `[--score] ${wanted} needs the margins of the trainings, but ${folder} was begun by unroll cv, which does not keep them. Leave out --resume and name another folder.`,
      { key: 'score' },
    );
  }
  const score = wanted ?? (margins ? 'combined' : 'self_confidence');
  const found = findLabelErrors({ probabilities, labels, classes: labelNames.length, margins }, score);
  const rows = [...found.order].filter((i) => found.suggested[i] !== labels[i]);
  const near = await nearestTexts(texts, rows, judge.text);
  const parts = partsOf(dataset, await splitLabelled(dataset, judge, job));
  const questioned = rows.map((i, n): QuestionedLabel => {
    const other = near[n];
    return {
      ...{ row: dataset.rowIds[i], part: parts[i] },
      ...{ given: labelNames[labels[i]], suggested: labelNames[found.suggested[i]] },
      ...{ score: found.score[i], suspect: found.suspect[i] === 1, text: texts[i] },
      areaUnderMargin: margins && !Number.isNaN(margins[i]) ? margins[i] : null,
      nearest: other
        ? {
            row: dataset.rowIds[other.index],
            label: labelNames[labels[other.index]],
            text: texts[other.index],
            similarity: other.similarity,
          }
        : null,
    };
  });
  const suspects = questioned.filter(({ suspect }) => suspect);
  writeFileAtomic(paths.labels, labelLines(questioned));
  writeFileAtomic(paths.corrections, correctionLines(suspects.map(correctionOf)));
  return {
    folder,
    files: { labels: paths.labels, corrections: paths.corrections },
    documents: texts.length,
    score,
    suspects: suspects.length,
    suspectsInTest: suspects.filter(({ part }) => part === 'test').length,
    pairs: pairsOf(suspects),
    questioned,
  };
}

/** Refuses a configuration whose trainings have no margins. */
function requireMargins({ model, train }: Config, score: LabelScore): void {
  if (!fittedAtOnce(model) && train.mixup === 0) return;
  throw new ConfigError(
    `[--score] ${score} needs a network that learns from documents as they are, but ${fittedAtOnce(model) ? `the judge is ${model.type}, which has no epochs. Add --model bilstm` : `train.mixup is ${train.mixup}. Set it to 0`}, or rank by self_confidence.`,
    { key: 'score' },
  );
}

function partsOf({ texts }: Dataset, splits: Splits): readonly ('train' | 'val' | 'test')[] {
  const parts = new Array<'train' | 'val' | 'test'>(texts.length).fill('train');
  for (const part of ['val', 'test'] as const) for (const i of splits[part]) parts[i] = part;
  return parts;
}

function correctionOf({ row, given, suggested }: QuestionedLabel): Correction {
  return { row, old: given, new: suggested };
}

function pairsOf(suspects: readonly QuestionedLabel[]): FoundLabels['pairs'] {
  const groups = Map.groupBy(suspects, ({ given, suggested }) => JSON.stringify([given, suggested]));
  return [...groups.values()]
    .map((own) => ({ given: own[0].given, suggested: own[0].suggested, count: own.length }))
    .sort((a, b) => b.count - a.count);
}

const HEAD = ['row', 'part', 'given', 'suggested', 'score', 'area_under_margin', 'suspect', 'text', 'nearest_row', 'nearest_label', 'nearest_similarity', 'nearest_text']; // prettier-ignore

/** `labels.csv`, escaped so that no spreadsheet runs a text as a formula. */
function* labelLines(questioned: readonly QuestionedLabel[]): Iterable<string> {
  const short = (value: number) => Number(value.toPrecision(6));
  yield csvLine(HEAD);
  for (const {
    row,
    part,
    given,
    suggested,
    score,
    areaUnderMargin: area,
    suspect,
    text,
    nearest,
  } of questioned) {
    const other = nearest
      ? [nearest.row, escapeFormula(nearest.label), short(nearest.similarity), escapeFormula(nearest.text)]
      : ['', '', '', ''];
    yield csvLine([
      ...[
        row,
        part,
        escapeFormula(given),
        escapeFormula(suggested),
        short(score),
        area === null ? '' : short(area),
        suspect ? 'yes' : 'no',
      ],
      ...[escapeFormula(text), ...other],
    ]);
  }
}
