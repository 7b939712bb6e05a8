/** The literature that reports cite: what a run was trained with, and how it was measured and compared. */
import type { Config } from '../config/schema.ts';
import { asRecurrent, fittedAtOnce } from '../models/family.ts';
import type { Comparison } from './compare-types.ts';
import type { Block, Inline, Report, Section } from './content.ts';
import { type Citation, TEXTS } from './reference-list.ts';
import type { StudyReportFacts } from './study-facts.ts';

/** A work that reports may cite. */
export interface Reference {
  /** Names it in the LaTeX source. */
  readonly key: string;
  /** As a list of references has it. */
  readonly text: string;
}

/** A method in words, and where it is from. */
type Method = readonly [name: string, ...sources: Citation[]];

/** The works that a report cites, in the order of their first mention: the first is [1]. */
export function referencesOf({ sections }: Pick<Report, 'sections'>): Reference[] {
  const keys = new Set(sections.flatMap(citedIn));
  return Array.from(keys, (key) => ({ key, text: TEXTS[key] }));
}

function citedIn({ blocks, sections = [] }: Section): Citation[] {
  const inBlock = (block: Block): Citation[] => {
    const texts = block.kind === 'list' ? block.items : 'text' in block ? [block.text] : [];
    return texts.flatMap((text) =>
      typeof text === 'string' ? [] : text.flatMap((piece) => (isCitation(piece) ? [piece.cite] : [])),
    );
  };
  return [...blocks.flatMap(inBlock), ...sections.flatMap(citedIn)];
}

function isCitation(piece: Inline): piece is { readonly cite: Citation } {
  return typeof piece !== 'string' && 'cite' in piece;
}

/** The section on the methods with their sources; undefined where there are none to name. */
export function methodsSection(methods: readonly Method[]): Section | undefined {
  const unique = [...new Map(methods.map((method) => [method[0], method])).values()];
  if (unique.length === 0) return undefined;
  const text = unique.flatMap(([name, ...sources], i): Inline[] => [
    `${i === 0 ? '' : i === unique.length - 1 ? ' and ' : ', '}${name}`,
    ...sources.flatMap((cite): Inline[] => [' ', { cite }]),
  ]);
  return {
    id: 'methods',
    title: 'Methods',
    blocks: [{ kind: 'paragraph', text: ['This report uses ', ...text, '.'] }],
  };
}

const CELLS: Readonly<Record<string, Method>> = {
  rnn: ['simple recurrent networks', 'elman1990'],
  lstm: ['long short-term memory', 'hochreiter1997', 'gers2000'],
  gru: ['gated recurrent units', 'cho2014'],
};
const OPTIMIZERS: Readonly<Record<string, Method>> = {
  adam: ['Adam', 'kingma2015'],
  adamw: ['AdamW', 'loshchilov2019'],
};

/** What a linear model is fitted with. */
const LINEAR: readonly Method[] = [
  ['TF-IDF', 'salton1988'],
  ['dual coordinate descent', 'hsieh2008'],
  ['temperature scaling', 'guo2017'],
];

/** What a run was trained with. */
export function trainingMethods({ model, train }: Config): Method[] {
  if (fittedAtOnce(model)) return model.type === 'linear' ? [...LINEAR] : [];
  const { label_smoothing: smoothing } = train as unknown as Readonly<Record<string, unknown>>;
  const network = asRecurrent(model);
  return [
    CELLS[network?.type ?? ''],
    network?.bidirectional ? (['bidirectional layers', 'schuster1997'] as const) : undefined,
    OPTIMIZERS[train.optimizer],
    network && network.dropout > 0
      ? network.variational_dropout
        ? (['variational dropout', 'gal2016'] as const)
        : (['dropout', 'srivastava2014'] as const)
      : undefined,
    typeof smoothing === 'number' && smoothing > 0
      ? (['label smoothing', 'szegedy2016'] as const)
      : undefined,
    train.clip_norm !== null && train.clip_norm > 0
      ? (['gradient clipping', 'pascanu2013'] as const)
      : undefined,
    train.patience === null ? undefined : (['early stopping', 'prechelt1998'] as const),
  ].filter((method) => method !== undefined);
}

/** How results are measured: what every report of runs uses. */
export const measuringMethods: readonly Method[] = [
  ['bootstrap intervals', 'efron1979'],
  ["Wilson's intervals of proportions", 'wilson1927'],
  ['reliability diagrams', 'guo2017'],
];

/** How runs were tested against each other. */
export function testingMethods({ pairs }: Comparison): Method[] {
  const designs = pairs.map((pair) => (pair.test === 'runs' ? 'runs' : pair.comparison.design));
  return [
    ...(designs.includes('runs') ? [["McNemar's test", 'mcnemar1947'] as const] : []),
    ...(designs.includes('same documents')
      ? [['t-tests with the degrees of freedom of Satterthwaite', 'satterthwaite1946'] as const]
      : []),
    ...(designs.includes('split by seed') ? [['the corrected resampled t-test', 'nadeau2003'] as const] : []),
    ...(pairs.length > 1 ? [["Holm's correction", 'holm1979'] as const] : []),
  ];
}

/** How a study was searched and looked at. */
export function searchMethods({ search }: StudyReportFacts, importances: boolean): Method[] {
  return [
    ...(search?.settings.sampler?.type === 'tpe'
      ? [['the tree-structured Parzen estimator', 'bergstra2011'] as const]
      : []),
    ...(importances ? [['functional analysis of variance', 'hutter2014'] as const] : []),
  ];
}
