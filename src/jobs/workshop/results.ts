/** The results of a workshop: the comparison with what the course reported, and the files. */
import { join } from 'node:path';
import { type Comparison, compareRuns } from '../../report/compare.ts';
import { withoutLeaked } from '../../report/data-sections.ts';
import type { Table } from '../../report/index.ts';
import { type SearchSummary, summariseSearch } from '../../report/workshop-search.ts';
import { differences, workshopTable } from '../../report/workshop-section.ts';
import { readFigures, type WorkshopFigure } from './figures.ts';
import { studiesOf } from './search.ts';
import { runsOf } from './stages.ts';
import { type StageName, workshopPaths, type WorkshopState } from './state.ts';
import type { Workshop } from './open.ts';

/** The results of a workshop, as `unroll workshop --json` prints them; paths begin with the folder as it was given. */
export interface WorkshopResults {
  /** Folder of the workshop. */
  readonly workshop: string;
  /** The data. */
  readonly data: { readonly name: string; readonly hash: string; readonly documents: number };
  /** Whether it was a quick one. */
  readonly quick: boolean;
  /** Result of each stage. */
  readonly seconds: Readonly<Partial<Record<StageName, number>>>;
  /** File of the audit. */
  readonly audit: string;
  /** File of the comparison. */
  readonly comparison: Comparison;
  /** Compared with what the workshop reported, where the data is that of its file. */
  readonly reported: {
    readonly table: Pick<Table, 'head' | 'rows'>;
    readonly differences: readonly string[];
  } | null;
  /** What was searched; empty without a search. */
  readonly searches: readonly SearchSummary[];
  /** The figures. */
  readonly figures: readonly WorkshopFigure[];
  /** File of the report. */
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
