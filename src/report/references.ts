/** The literature that reports cite: what a run was trained with, and how it was measured and compared. */
import type { Config } from '../config/schema.ts';
import type { Method } from '../core/method.ts';
import { asRecurrent, modelOf, networkOptionsOf } from '../models/family.ts';
import { layers } from '../nn/layers/index.ts';
import { averages } from '../nn/averages/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { poolingOptions, poolings } from '../nn/pooling/index.ts';
import { tokenizers } from '../text/tokenizers/index.ts';
import { samplers } from '../tune/samplers/index.ts';
import { learningMethods } from '../vectors/for-texts.ts';
import type { Comparison } from './compare-types.ts';
import type { Block, Inline, Report, Section, Work } from './content.ts';
import { methods } from './methods.ts';
import type { StudyReportFacts } from './study-facts.ts';

/** The works that a report cites, in the order of their first mention: the first is [1]. */
export function referencesOf({ sections }: Pick<Report, 'sections'>): Work[] {
  return [...new Map(sections.flatMap(citedIn).map((work) => [work.key, work])).values()];
}

function citedIn({ blocks, sections = [] }: Section): Work[] {
  const inBlock = (block: Block): Work[] => {
    const texts = block.kind === 'list' ? block.items : 'text' in block ? [block.text] : [];
    return texts.flatMap((text) =>
      typeof text === 'string' ? [] : text.flatMap((piece) => (isCitation(piece) ? [piece.cite] : [])),
    );
  };
  return [...blocks.flatMap(inBlock), ...sections.flatMap(citedIn)];
}

function isCitation(piece: Inline): piece is { readonly cite: Work } {
  return typeof piece !== 'string' && 'cite' in piece;
}

/** The section on the methods with their sources; undefined if there are none. */
export function methodsSection(used: readonly Method[]): Section | undefined {
  const unique = [...new Map(used.map((one) => [one.name, one])).values()];
  if (unique.length === 0) return undefined;
  const text = unique.flatMap(({ name, works }, i): Inline[] => [
    `${i === 0 ? '' : i === unique.length - 1 ? ' and ' : ', '}${name}`,
    ...Object.entries(works).flatMap(([key, text]): Inline[] => [' ', { cite: { key, text } }]),
  ]);
  return {
    id: 'methods',
    title: 'Methods',
    blocks: [{ kind: 'paragraph', text: ['This report uses ', ...text, '.'] }],
  };
}

/** What a run was trained with. */
export function trainingMethods({ text, model, train }: Config): Method[] {
  const { methods: own = [], learns } = modelOf(model);
  if (learns === 'at once') return [...own];
  const { label_smoothing: smoothing } = train as unknown as Readonly<Record<string, unknown>>;
  const network = networkOptionsOf(model);
  const recurrent = asRecurrent(model);
  return [
    ...own,
    network && tokenizers.get(text.tokenizer).method,
    recurrent && layers.get(recurrent.type).method,
    learnedVectors(network?.vectors),
    network && network.ngram_buckets > 0 ? methods.characterNgrams : undefined,
    recurrent?.bidirectional ? methods.bidirectional : undefined,
    ...(network?.pooling ?? []).map((given) => poolings.get(poolingOptions(given).type).method),
    optimizers.get(train.optimizer).method,
    network && network.dropout > 0
      ? network.variational_dropout
        ? methods.variationalDropout
        : methods.dropout
      : undefined,
    network && network.word_type_dropout > 0 ? methods.wordTypeDropout : undefined,
    recurrent && recurrent.weight_drop > 0 ? methods.weightDrop : undefined,
    typeof smoothing === 'number' && smoothing > 0 ? methods.labelSmoothing : undefined,
    train.adversarial > 0 ? methods.adversarial : undefined,
    train.mixup > 0 ? methods.mixup : undefined,
    train.gradual_unfreezing > 0 || train.layer_lr_decay < 1 ? methods.unfreezing : undefined,
    train.r_drop > 0 ? methods.rDrop : undefined,
    averages.get(train.average.type).method,
    train.clip_norm !== null && train.clip_norm > 0 ? methods.clipping : undefined,
    train.patience === null || train.keep === 'last' ? undefined : methods.earlyStopping,
  ].filter((one) => one !== undefined);
}

/** How word vectors were learned; undefined where none were. */
function learnedVectors(source: string | null | undefined): Method | undefined {
  const method = learningMethods.find((name) => name === source);
  return method && { learn: methods.cooccurrenceVectors, skipgram: methods.skipgramVectors }[method];
}

/** How results are measured: what every report of runs uses. */
export const measuringMethods: readonly Method[] = [methods.bootstrap, methods.wilson, methods.reliability];

/** How runs were tested against each other. */
export function testingMethods({ pairs }: Comparison): Method[] {
  const designs = pairs.map((pair) => (pair.test === 'runs' ? 'runs' : pair.comparison.design));
  return [
    ...(designs.includes('runs') ? [methods.mcnemar] : []),
    ...(designs.includes('same documents') ? [methods.satterthwaite] : []),
    ...(designs.includes('split by seed') ? [methods.resampled] : []),
    ...(pairs.length > 1 ? [methods.holm] : []),
  ];
}

/** How a study was searched and analysed. */
export function searchMethods({ search }: StudyReportFacts, importances: boolean): Method[] {
  const type = search?.settings.sampler?.type;
  // a study made by Optuna may have a sampler that Unroll lacks
  const sampler = samplers.members.find((one) => one.type === type)?.method;
  return [...(sampler ? [sampler] : []), ...(importances ? [methods.fanova] : [])];
}
