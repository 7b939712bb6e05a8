/** What a workshop ends with on standard output: the comparison, the workshop's own figures beside, the files. */
import { join } from 'node:path';
import { type Comparison, compareRuns, comparisonTable } from '../../report/compare.ts';
import { withoutLeaked } from '../../report/data-sections.ts';
import type { Table } from '../../report/index.ts';
import { type SearchSummary, summariseSearch } from '../../report/workshop-search.ts';
import { differences, workshopTable } from '../../report/workshop-section.ts';
import { printable } from '../display-width.ts';
import { renderTable, wrap } from '../render-table.ts';
import { readFigures, type WorkshopFigure } from './figures.ts';
import { studiesOf } from './search.ts';
import { networks } from './settings.ts';
import { runsOf } from './stages.ts';
import type { Workshop } from './workshop.ts';
import { type StageName, workshopPaths, type WorkshopState } from './state.ts';

/** The object that `--json` prints; paths are as `-o` gives the folder. */
export interface WorkshopResults {
  readonly workshop: string;
  readonly data: { readonly name: string; readonly hash: string; readonly documents: number };
  readonly quick: boolean;
  /** Of each stage. */
  readonly seconds: Readonly<Partial<Record<StageName, number>>>;
  readonly audit: string;
  readonly comparison: Comparison;
  /** The workshop's own figures beside, where the data is that of its file. */
  readonly reported: {
    readonly table: Pick<Table, 'head' | 'rows'>;
    readonly differences: readonly string[];
  } | null;
  /** What was searched; without a search none. */
  readonly searches: readonly SearchSummary[];
  readonly figures: readonly WorkshopFigure[];
  readonly report: { readonly html: string; readonly md: string; readonly latex: string };
}

/** Gathers the results of a workshop whose stages are done. */
export async function resultsOf(workshop: Workshop, state: WorkshopState): Promise<WorkshopResults> {
  const { folder, dataset, own, audit } = workshop;
  const paths = workshopPaths(folder);
  const runs = runsOf(workshop);
  const { name, hash, documents } = state.data;
  const studies = await studiesOf(workshop);
  return {
    workshop: folder,
    data: { name, hash, documents },
    quick: state.settings.quick,
    seconds: Object.fromEntries(Object.entries(state.stages).map(([stage, { seconds }]) => [stage, seconds])),
    audit: paths.auditJson,
    comparison: compareRuns(Object.values(runs)),
    reported: own ? besideReported({ ...runs, data: { dataset, audit: audit() }, studies }) : null,
    searches: studies.map(summariseSearch),
    figures: readFigures(paths.figures),
    report: {
      html: join(paths.report, 'report.html'),
      md: join(paths.report, 'report.md'),
      latex: join(paths.report, 'report.tex'),
    },
  };
}

function besideReported(runs: Parameters<typeof workshopTable>[0]): WorkshopResults['reported'] {
  const unleaked = withoutLeaked(runs.bilstm, runs.data);
  const { head, rows } = workshopTable(runs, unleaked);
  return { table: { head, rows }, differences: differences(runs, unleaked) };
}

/** The results as a person reads them. Ends with a line end. */
export function renderResults(
  { comparison, reported, figures, report, workshop }: WorkshopResults,
  { width, bold }: { readonly width: number; readonly bold: (text: string) => string },
): string {
  const columns = Math.max(48, width);
  const beside = reported
    ? [
        renderTable(reported.table.head, reported.table.rows, { width: columns, bold }),
        reported.differences.map((text) => item(text, columns)).join('\n'),
        '',
      ]
    : [];
  const files = [
    ...figures.map(({ number, title, files: [file] }) => `  figure ${number}  ${title}: ${file}`),
    `  report    ${report.html}, .md, .tex`,
  ];
  const prose = verdict(comparison).map((text) => `${wrap(printable(text), columns).join('\n')}\n`);
  const table = comparisonTable(comparison);
  return [
    renderTable(table.head, table.rows, { width: columns, bold }),
    ...prose,
    ...beside,
    bold(`Figures in ${join(workshop, 'figures')}`),
    ...files,
    '',
  ].join('\n');
}

/** What the comparison comes to, with the pair that the workshop is about whichever is best. */
function verdict({ verdict: said, pairs }: Comparison): readonly string[] {
  const names: readonly string[] = [networks.rnn.folder, networks.bilstm.folder];
  const pair = pairs.find(({ a, b }) => names.includes(a) && names.includes(b));
  return pair === undefined || said.includes(pair.sentence) ? said : [...said, pair.sentence];
}

/** A sentence of a list, wrapped below itself. */
function item(text: string, width: number): string {
  return wrap(printable(text), width - 2)
    .map((line, i) => `${i === 0 ? '- ' : '  '}${line}`)
    .join('\n');
}
