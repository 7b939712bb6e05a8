/** The stages of a workshop in order: each works on the files that the stages before it left in the folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { count, groupDigits, percent } from '../../core/words.ts';
import { dataFacts } from '../../figures/index.ts';
import { readRunSources } from '../../figures/node.ts';
import { compareRuns } from '../../report/compare.ts';
import { buildReport, readRuns, reportFormats, type RunFacts, writeReport } from '../../report/index.ts';
import { renderAudit } from '../../report/text/audit.ts';
import { renderComparison } from '../../report/text/comparison.ts';
import { searchSection } from '../../report/workshop-search.ts';
import { workshopSection } from '../../report/workshop-section.ts';
import { openRunFolder, readDescription, toJson, writeFileAtomic } from '../../run/index.ts';
import { type Job, pause as pauseJob } from '../context.ts';
import { classifyFromScratch } from '../scratch/scratch.ts';
import { findTask, warmUp } from '../scratch/warm-up.ts';
import { tellDifference } from '../search/best.ts';
import { drawRun, type Run, trainAndSave } from '../train/run.ts';
import { type Resumed, resumeRun } from '../train/start.ts';
import { writeWorkshopFigures } from './figures.ts';
import type { Workshop } from './open.ts';
import { type Searched, searchParameters, studiesOf } from './search.ts';
import { type NetworkName, networkNames, networks, type SearchedName, searchFor } from './settings.ts';
import { type StageName, workshopPaths } from './state.ts';

/** A stage. */
export interface Stage {
  readonly title: string;
  /** Whether its files exist. */
  isThere(workshop: Workshop): boolean;
  /** Runs it; returns the result as a phrase. */
  run(workshop: Workshop, job: Job): Promise<string>;
}

/** Every stage. */
export const stages: Readonly<Record<StageName, Stage>> = {
  audit: {
    title: 'audit of the data',
    isThere: has('audit', 'auditJson'),
    run: (workshop, job) => Promise.resolve(writeAudit(workshop, job)),
  },
  scratch: {
    title: networks.scratch.title,
    isThere: (workshop) => isFinished(workshop, 'scratch'),
    run: trainFromScratch,
  },
  rnn: {
    title: networks.rnn.title,
    isThere: (workshop) => isFinished(workshop, 'rnn'),
    run: (workshop, job) => trainClassifierOf(workshop, 'rnn', job),
  },
  bilstm: {
    title: networks.bilstm.title,
    isThere: (workshop) => isFinished(workshop, 'bilstm'),
    run: (workshop, job) => trainClassifierOf(workshop, 'bilstm', job),
  },
  figures: { title: 'figures', isThere: has('figures'), run: drawFigures },
  comparison: { title: 'comparison', isThere: has('comparison', 'comparisonJson'), run: compareNetworks },
  report: { title: 'report', isThere: has('report'), run: writeReports },
};

function has(...entries: readonly (keyof ReturnType<typeof workshopPaths>)[]) {
  return ({ folder }: Workshop) => entries.every((entry) => existsSync(workshopPaths(folder)[entry]));
}

/** Yields to the event loop so that signals arrive. @throws InterruptedError if the workshop must stop */
export function pause(job: Pick<Job, 'stop'>): Promise<void> {
  return pauseJob(job, '[workshop] stopped on request.');
}

function writeAudit({ folder, audit }: Workshop, { emit }: Job): string {
  const found = audit();
  const paths = workshopPaths(folder);
  writeFileAtomic(paths.audit, renderAudit(found));
  writeFileAtomic(paths.auditJson, `${toJson(found)}\n`);
  for (const text of found.warnings) emit({ type: 'notice', level: 'warning', text });
  const { documents, classes, duplicates } = found;
  return `${count(documents, 'document')} in ${count(classes.length, 'class')}, ${count(duplicates.near, 'copy')} among them; ${paths.audit}`;
}

/** Where a network is trained: what its training gets, and the run to resume if there is one. */
async function runFor(
  workshop: Workshop,
  name: NetworkName,
  job: Job,
  config = workshop.settings.configs[name],
): Promise<Run> {
  const { folder, source } = workshop;
  const output = join(folder, networks[name].folder);
  const prepared = await workshop.prepared();
  await pause(job);
  const resumed = await runToResume(output, name === 'scratch' ? 'scratch' : 'train', source);
  // a folder without a description, left by a killed process, is not a run
  return { source, config, prepared, resumed, output, force: true };
}

async function runToResume(
  output: string,
  kind: 'scratch' | 'train',
  source: string,
): Promise<Resumed | undefined> {
  if (!existsSync(openRunFolder(output).paths.description)) return undefined;
  return resumeRun({ source, output }, kind);
}

async function trainFromScratch(workshop: Workshop, job: Job): Promise<string> {
  const { settings } = workshop;
  const { task: name, task_epochs: epochs, ...scratch } = settings.scratch;
  const { seed } = settings.configs.scratch.train;
  const run = await runFor(workshop, 'scratch', job);
  const warm = () => warmUp({ task: findTask(name), epochs, seed }, job);
  if (!isFinished(workshop, 'scratch')) await classifyFromScratch({ ...run, settings: scratch, warm }, job);
  return measured(workshop, 'scratch');
}

/** Trains or resumes a classifier, with the workshop's parameters or the best that a search finds. */
async function trainClassifierOf(workshop: Workshop, name: SearchedName, job: Job): Promise<string> {
  const search = searchFor(workshop.settings, name);
  if (!search) return trainWith(workshop, name, job);
  const work = async (found: Searched) => {
    const said = await trainWith(workshop, name, job, found);
    return `${found.said}: ${said}`;
  };
  return searchParameters(workshop, { name, search }, work, job);
}

async function trainWith(
  workshop: Workshop,
  name: SearchedName,
  job: Job,
  found?: Searched,
): Promise<string> {
  const run = await runFor(workshop, name, job, found?.config);
  // a process that was killed right after training may not have drawn the figures
  if (isFinished(workshop, name)) {
    const folder = openRunFolder(join(workshop.folder, networks[name].folder));
    await drawRun(folder, run.config, job, () => dataFacts(workshop.dataset, run.config.text));
  } else {
    const outcome = await trainAndSave(run, job);
    if (found) tellDifference(found.best, outcome, job);
  }
  return measured(workshop, name);
}

function isFinished({ folder }: Workshop, name: NetworkName): boolean {
  const { description } = openRunFolder(join(folder, networks[name].folder)).paths;
  return existsSync(description) && readDescription(description).status === 'finished';
}

/** The runs of the networks, in their order. */
export function runsOf({ folder }: Pick<Workshop, 'folder'>): Readonly<Record<NetworkName, RunFacts>> {
  const facts = readRuns(networkNames.map((name) => join(folder, networks[name].folder)));
  return Object.fromEntries(networkNames.map((name, i) => [name, facts[i]])) as Record<NetworkName, RunFacts>;
}

function measured({ folder }: Workshop, name: NetworkName): string {
  const [{ sources, summary }] = readRuns([join(folder, networks[name].folder)]);
  const { evaluation } = sources;
  const said = [
    ...(summary?.val ? [`validation accuracy ${percent(summary.val.accuracy)}`] : []),
    ...(evaluation
      ? [`test accuracy ${percent(evaluation.accuracy)} of ${groupDigits(evaluation.documents)}`]
      : []),
    ...(summary?.epochs === undefined ? [] : [count(summary.epochs, 'epoch')]),
  ];
  return said.join(', ');
}

async function drawFigures(workshop: Workshop, job: Job): Promise<string> {
  const { folder } = workshop;
  const sourcesOf = (name: NetworkName) => readRunSources(join(folder, networks[name].folder)).sources;
  const { figures } = workshopPaths(folder);
  const written = await writeWorkshopFigures(
    { rnn: sourcesOf('rnn'), bilstm: sourcesOf('bilstm') },
    { folder: figures, onFigure: () => pause(job), onNotice: job.notice },
  );
  return `${written.length} in ${figures}`;
}

function compareNetworks(workshop: Workshop): Promise<string> {
  const { folder } = workshop;
  const comparison = compareRuns(Object.values(runsOf(workshop)));
  const paths = workshopPaths(folder);
  const text = renderComparison(comparison, { width: 120, bold: (said) => said });
  writeFileAtomic(paths.comparison, text);
  writeFileAtomic(paths.comparisonJson, `${toJson(comparison)}\n`);
  return Promise.resolve(paths.comparison);
}

async function writeReports(workshop: Workshop, job: Job): Promise<string> {
  const { folder, dataset, own, audit } = workshop;
  const { report } = workshopPaths(folder);
  const runs = runsOf(workshop);
  const data = { dataset, audit: audit() };
  const studies = await studiesOf(workshop);
  const built = buildReport(Object.values(runs), {
    title: `${dataset.name}: from a recurrent network of plain arrays to a bidirectional LSTM`,
    dataOf: () => data,
    details: 'parts',
    after: [
      ...(own ? [workshopSection({ ...runs, data, studies })] : []),
      ...(studies.length > 0 ? [searchSection(studies)] : []),
    ],
  });
  for (const format of reportFormats) {
    await pause(job);
    await writeReport(built, report, format, { onNotice: job.notice });
  }
  return join(report, 'report.html');
}
