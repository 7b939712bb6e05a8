/** Builds a report of runs: the same sections for every format. */
import { plural } from '../figures/chart/format.ts';
import type { Sources } from '../figures/sources.ts';
import { describeModel } from '../models/family.ts';
import { type CompareOptions, compareRuns } from './compare.ts';
import { comparisonBlocks, comparisonTable } from './compare-tables.ts';
import type { Report, Section } from './content.ts';
import { dataSection, factsOfData, preprocessingSection, type ReportData } from './data-sections.ts';
import { figureBlocks } from './figure-blocks.ts';
import { environmentSection, reproduceSection } from './provenance-sections.ts';
import { questionSection } from './question-section.ts';
import { resultsSection } from './results-section.ts';
import type { RunFacts } from './run-facts.ts';
import { modelSection, trainingSection } from './run-sections.ts';
import { scratchSection } from './scratch-section.ts';

/** What a report is made of beside the runs. */
export interface ReportOptions extends CompareOptions {
  /** The data of the run at this place, where it can be read; runs of the same data may share it. */
  readonly dataOf?: (facts: RunFacts) => ReportData | undefined;
  /** Sections of the caller's own between the question and the runs; with ids and figure ids unlike the report's. */
  readonly before?: readonly Section[];
  /** The same between the comparison and the environment. */
  readonly after?: readonly Section[];
  /** Default: the name of the data and what was trained on it. */
  readonly title?: string;
}

/** Builds the report of one run or more; the runs must be one at least. */
export function buildReport(runs: readonly RunFacts[], options: ReportOptions = {}): Report {
  const [first] = runs;
  const comparison = compareRuns(runs, options);
  const { dataOf = () => undefined, before = [], after = [] } = options;
  const shared = runs.length > 1 && runs.every((facts) => sameDocuments(first, facts));
  const parts = runs.map((facts, i) =>
    runParts(facts, dataOf(facts), { prefix: runs.length > 1 ? `run-${i + 1}-` : '', shared }),
  );
  const name = first.description?.data.name ?? first.name;
  const subject =
    runs.length === 1
      ? `${parts[0].model} text classifier`
      : `${plural(runs.length, 'text classifier')} compared`;
  const sections: Section[] = [
    questionSection(runs, comparison, dataOf(first)),
    ...before,
    ...(shared ? parts[0].documents : []),
    ...(runs.length === 1
      ? parts[0].sections
      : parts.map(({ sections: own }, i) => ({
          id: `run-${i + 1}`,
          title: `Run ${runs[i].name}`,
          blocks: [],
          sections: own,
        }))),
    {
      id: 'comparison',
      title: runs.length === 1 ? 'The run in one table' : 'Comparison',
      blocks: runs.length === 1 ? [comparisonTable(comparison)] : comparisonBlocks(comparison),
    },
    ...after,
    environmentSection(runs),
    reproduceSection(runs),
  ];
  return {
    title: options.title ?? `${name}: ${subject}`,
    subtitle: subtitleOf(runs),
    sections,
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
  readonly model: string;
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
    blocks: [...section.blocks, ...rest(section.id)],
  });
  const documents = [dataSection(facts, data, figure), preprocessingSection(facts)]
    .filter((section) => section !== undefined)
    .map(complete);
  const own = [
    facts.scratch && scratchSection(facts.scratch, figure),
    modelSection(facts, figure),
    trainingSection(facts, figure),
    resultsSection(facts, data, figure),
  ].filter((section) => section !== undefined);
  const sections = [...(shared ? [] : documents), ...own.map(complete)];
  return {
    documents,
    model: facts.sources.model ? describeModel(facts.sources.model.model).title : 'a',
    sections: sections.map((section) => ({ ...section, id: prefix + section.id })),
  };
}
