/** Builds a report of runs: the same sections for every format. */
import { plural } from '../figures/chart/format.ts';
import { curvesOfSettings } from '../figures/index.ts';
import type { Sources } from '../figures/sources.ts';
import { describeModel } from '../models/family.ts';
import { detailsSection } from './appendix.ts';
import { type CompareOptions, compareRuns } from './compare.ts';
import { comparisonBlocks, comparisonTable } from './compare-tables.ts';
import type { Comparison } from './compare-types.ts';
import type { Block, Report, Section } from './content.ts';
import { dataSection, factsOfData, preprocessingSection, type ReportData } from './data-sections.ts';
import { explanationSection, type ReportExplanations } from './explanation-section.ts';
import { figureBlocks, placeRest } from './figure-blocks.ts';
import { environmentSection, reproduceSection } from './provenance-sections.ts';
import { questionSection } from './question-section.ts';
import { measuringMethods, methodsSection, testingMethods, trainingMethods } from './references.ts';
import { resultsSection } from './results-section.ts';
import type { RunFacts } from './run-facts.ts';
import { modelSection, trainingSection } from './run-sections.ts';
import { scratchSection } from './scratch-section.ts';

/** What a report is made of, in addition to the runs. */
export interface ReportOptions extends CompareOptions {
  /** The data of the run with this index, if it can be read; runs on the same data may share it. */
  readonly dataOf?: (facts: RunFacts) => ReportData | undefined;
  /** Explained test documents, for the report of one run. */
  readonly explanations?: ReportExplanations | undefined;
  /** Additional sections between the question and the runs; their ids and figure ids must differ from the report's. */
  readonly before?: readonly Section[];
  /** Additional sections between the comparison and the environment. */
  readonly after?: readonly Section[];
  /** Default: the name of the data and what was trained on it. */
  readonly title?: string;
  /** Where the details of several runs go: in a short appendix (the default), or in a full part for each run. */
  readonly details?: 'appendix' | 'parts';
}

/** Builds the report of one or more runs. */
export function buildReport(runs: readonly RunFacts[], options: ReportOptions = {}): Report {
  const [first] = runs;
  const comparison = compareRuns(runs, options);
  const { dataOf = () => undefined, before = [], after = [], details = 'appendix' } = options;
  const { explanations } = options;
  const several = runs.length > 1;
  const shared = several && runs.every((facts) => sameDocuments(first, facts));
  const compact = several && details === 'appendix';
  const parts = (compact ? runs.slice(0, shared ? 1 : 0) : runs).map((facts, i) =>
    runParts(facts, dataOf(facts), { prefix: several ? `run-${i + 1}-` : '', shared }),
  );
  const { section: question, abstract } = questionSection(runs, comparison, dataOf(first));
  const sections: (Section | undefined)[] = [
    question,
    ...before,
    ...(shared ? parts[0].documents : []),
    ...(compact
      ? []
      : several
        ? parts.map(({ sections: own }, i) => ({
            id: `run-${i + 1}`,
            title: `Run ${runs[i].name}`,
            blocks: [],
            sections: own,
          }))
        : parts[0].sections),
    explanations && !several ? explanationSection(explanations) : undefined,
    comparisonSection(runs, comparison),
    ...after,
    methodsSection([
      ...runs.flatMap(({ config }) => (config ? trainingMethods(config) : [])),
      ...measuringMethods,
      ...testingMethods(comparison),
    ]),
    compact ? detailsSection(runs, comparison) : undefined,
    environmentSection(runs),
    reproduceSection(runs),
  ];
  return {
    title: options.title ?? titleOf(runs),
    subtitle: subtitleOf(runs),
    abstract,
    sections: sections.filter((section) => section !== undefined),
  };
}

function titleOf(runs: readonly RunFacts[]): string {
  const [first] = runs;
  const data = new Set(runs.map(({ description, name }) => description?.data.name ?? name));
  const { model } = first.sources;
  const subject =
    runs.length === 1
      ? `${model ? describeModel(model.model).title : 'a'} text classifier`
      : `${plural(runs.length, 'text classifier')} compared`;
  return `${[...data].join(', ')}: ${subject}`;
}

function comparisonSection(runs: readonly RunFacts[], comparison: Comparison): Section {
  if (runs.length === 1) {
    return { id: 'comparison', title: 'The run in one table', blocks: [comparisonTable(comparison)] };
  }
  const curves = comparison.settings
    .map(({ name, runs: names, metrics }) => ({
      name,
      score: metrics.accuracy?.mean ?? -1,
      runs: runs
        .filter((run) => names.includes(run.name))
        .map(({ sources: { history } }) => (history?.epochs ?? []).map(({ val_loss }) => val_loss)),
    }))
    .sort((a, b) => b.score - a.score)
    .map(({ name, runs: losses }) => ({ name, runs: losses }));
  const rows = comparison.settings.map(({ name }) => ({ name, value: null, low: null, high: null }));
  const figure = curvesOfSettings.of({
    comparison: { metric: { title: 'accuracy', better: 'higher', range: [0, 1] }, rows, curves },
  });
  return {
    id: 'comparison',
    title: 'Comparison',
    blocks: [
      ...comparisonBlocks(comparison),
      ...(figure ? [{ kind: 'figure', id: 'curves-of-settings', figure } satisfies Block] : []),
    ],
  };
}

function subtitleOf(runs: readonly RunFacts[]): string {
  const dates = runs.flatMap(({ description }) => description?.finished ?? description?.started ?? []).sort();
  const when = dates.at(-1)?.slice(0, 10);
  return `Report of ${runs.map(({ name }) => name).join(', ')}${when === undefined ? '' : `, trained ${when}`}`;
}

/** Whether two runs read the same data in the same way into the same parts. */
function sameDocuments(a: RunFacts, b: RunFacts): boolean {
  const key = ({ description, config, splits }: RunFacts) =>
    JSON.stringify([
      description?.data.hash ?? null,
      config?.data,
      config?.text,
      splits && [...splits.train, -1, ...splits.val, -1, ...splits.test],
    ]);
  return a.description !== undefined && key(a) === key(b);
}

interface RunParts {
  /** On the data and how it is read. */
  readonly documents: Section[];
  readonly sections: Section[];
}

/** The sections on one run; `prefix` keeps the ids of several runs apart. */
function runParts(
  facts: RunFacts,
  data: ReportData | undefined,
  { prefix, shared }: { readonly prefix: string; readonly shared: boolean },
): RunParts {
  const audit = data && factsOfData(data, facts);
  const size = facts.config?.text.vocabulary_size;
  const sources: Sources = {
    ...facts.sources,
    ...(audit ? { audit: { ...(size === undefined ? {} : { vocabulary_size: size }), ...audit } } : {}),
  };
  const { figure, rest } = figureBlocks(sources, prefix);
  const complete = (section: Section): Section => ({
    ...section,
    blocks: placeRest(section.blocks, rest(section.id)),
  });
  const documents = [dataSection(facts, data, figure), preprocessingSection(facts)]
    .filter((section) => section !== undefined)
    .map(complete);
  const own = [
    modelSection(facts, figure),
    trainingSection(facts, figure),
    resultsSection(facts, data, figure),
  ].filter((section) => section !== undefined);
  const scratch = facts.scratch ? [complete(scratchSection(facts.scratch, figure))] : [];
  const sections = [...scratch, ...(shared ? [] : documents), ...own.map(complete)];
  return {
    documents,
    sections: sections.map((section) => ({ ...section, id: prefix + section.id })),
  };
}
