/** The stages of a workshop, in order: each works from what those before it left in the folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InterruptedError } from '../../core/errors.ts';
import { type Audit, auditDataset } from '../../data/audit.ts';
import { count, groupDigits } from '../../data/dataset.ts';
import { readRunSources } from '../../figures/node.ts';
import { compareRuns } from '../../report/compare.ts';
import { buildReport, readRuns, reportFormats, type RunFacts, writeReport } from '../../report/index.ts';
import { searchSection } from '../../report/workshop-search.ts';
import { workshopSection } from '../../report/workshop-section.ts';
import { openRunFolder, readDescription, toJson, writeFileAtomic } from '../../run/index.ts';
import { renderAudit } from '../render-audit.ts';
import { renderComparison } from '../render-comparison.ts';
import { classifyFromScratch, type ScratchJob } from '../scratch/classify.ts';
import { findTask, sayEpochs, warmUp } from '../scratch/warm-up.ts';
import { sayDifference } from '../tune/best.ts';
import { prepareDataset, type Prepared } from '../train/prepare.ts';
import { type Resumed, resumeRun } from '../train/start.ts';
import { drawRun, trainAndSave, type TrainJob } from '../train/train-and-save.ts';
import { writeWorkshopFigures } from './figures.ts';
import { searchParameters, type Searched, studiesOf } from './search.ts';
import { type NetworkName, networkNames, networks, type SearchedName, searchFor } from './settings.ts';
import { type StageName, workshopPaths } from './state.ts';
import type { Workshop } from './workshop.ts';

/** A stage. */
export interface Stage {
  readonly title: string;
  /** Whether what it leaves behind is there. */
  isThere(workshop: Workshop): boolean;
  /** Does it, and says in a phrase what came out. */
  run(workshop: Workshop): Promise<string>;
}

/** Every stage. */
export const stages: Readonly<Record<StageName, Stage>> = {
  audit: {
    title: 'audit of the data',
    isThere: has('audit', 'auditJson'),
    run: (workshop) => Promise.resolve(writeAudit(workshop)),
  },
  scratch: {
    title: networks.scratch.title,
    isThere: (workshop) => isFinished(workshop, 'scratch'),
    run: trainFromScratch,
  },
  rnn: {
    title: networks.rnn.title,
    isThere: (workshop) => isFinished(workshop, 'rnn'),
    run: (workshop) => trainClassifierOf(workshop, 'rnn'),
  },
  bilstm: {
    title: networks.bilstm.title,
    isThere: (workshop) => isFinished(workshop, 'bilstm'),
    run: (workshop) => trainClassifierOf(workshop, 'bilstm'),
  },
  figures: { title: 'figures', isThere: has('figures'), run: drawFigures },
  comparison: { title: 'comparison', isThere: has('comparison', 'comparisonJson'), run: compareNetworks },
  report: { title: 'report', isThere: has('report'), run: writeReports },
};

function has(...entries: readonly (keyof ReturnType<typeof workshopPaths>)[]) {
  return ({ folder }: Workshop) => entries.every((entry) => existsSync(workshopPaths(folder)[entry]));
}

/** Lets signals be heard. @throws InterruptedError after Ctrl-C */
export async function pause({ stop }: Pick<Workshop, 'stop'>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (stop.aborted) throw new InterruptedError('[workshop] stopped on request.');
}

function writeAudit({ folder, audit, say }: Workshop): string {
  const found = audit();
  const paths = workshopPaths(folder);
  writeFileAtomic(paths.audit, renderAudit(found));
  writeFileAtomic(paths.auditJson, `${toJson(found)}\n`);
  for (const warning of found.warnings) say(`warning: ${warning}`);
  const { documents, classes, duplicates } = found;
  return `${count(documents, 'document')} in ${count(classes.length, 'class')}, ${count(duplicates.near, 'copy')} among them; ${paths.audit}`;
}

/** Where a network is trained: what its training gets, and the run to go on with if there is one. */
async function jobOf(
  workshop: Workshop,
  name: NetworkName,
  config = workshop.settings.configs[name],
): Promise<TrainJob> {
  const { folder, source, argv, io, tell, progress, stop } = workshop;
  const output = join(folder, networks[name].folder);
  const prepared = await workshop.prepared();
  await pause(workshop);
  return {
    source,
    config,
    prepared,
    resumed: await takeUp(output, name === 'scratch' ? 'scratch' : 'train', source),
    output,
    // what a killed program left there without a description is no run
    force: true,
    argv,
    io,
    say: tell,
    progress: progress.training(prepared.val.labels.length > 0 ? config.train.patience : null),
    stop,
  };
}

async function takeUp(
  output: string,
  kind: 'scratch' | 'train',
  source: string,
): Promise<Resumed | undefined> {
  if (!existsSync(openRunFolder(output).paths.description)) return undefined;
  return resumeRun({ source, config: undefined, overrides: [], output }, kind);
}

async function trainFromScratch(workshop: Workshop): Promise<string> {
  const { settings, tell, stop } = workshop;
  const { task: name, task_epochs: epochs, ...scratch } = settings.scratch;
  const task = findTask(name);
  const job: ScratchJob = {
    ...(await jobOf(workshop, 'scratch')),
    settings: scratch,
    warm: () =>
      warmUp({
        task,
        epochs,
        seed: settings.configs.scratch.train.seed,
        onEpoch: sayEpochs(tell, task.name, epochs),
        stop,
      }),
  };
  if (!isFinished(workshop, 'scratch')) await classifyFromScratch(job);
  return measured(workshop, 'scratch');
}

/** Trains a classifier of the library, with the workshop's parameters or the best that a search finds, or goes on with it. */
async function trainClassifierOf(workshop: Workshop, name: SearchedName): Promise<string> {
  const search = searchFor(workshop.settings, name);
  if (!search) return trainWith(workshop, name);
  return searchParameters(workshop, { name, search }, async (found) => {
    const said = await trainWith(workshop, name, found);
    return `${found.said}: ${said}`;
  });
}

async function trainWith(workshop: Workshop, name: SearchedName, found?: Searched): Promise<string> {
  const job = await jobOf(workshop, name, found?.config);
  // a program that was killed right after the run was finished may not have drawn it
  if (isFinished(workshop, name)) {
    const run = openRunFolder(join(workshop.folder, networks[name].folder));
    await drawRun(run, workshop, job.config, workshop.tell);
  } else {
    const outcome = await trainAndSave(job);
    if (found) sayDifference(found.best, outcome, workshop.say);
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
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const said = [
    ...(summary?.val ? [`validation accuracy ${percent(summary.val.accuracy)}`] : []),
    ...(evaluation
      ? [`test accuracy ${percent(evaluation.accuracy)} of ${groupDigits(evaluation.documents)}`]
      : []),
    ...(summary?.epochs === undefined ? [] : [count(summary.epochs, 'epoch')]),
  ];
  return said.join(', ');
}

async function drawFigures(workshop: Workshop): Promise<string> {
  const { folder } = workshop;
  const sourcesOf = (name: NetworkName) => readRunSources(join(folder, networks[name].folder)).sources;
  const { figures } = workshopPaths(folder);
  const written = await writeWorkshopFigures(
    { rnn: sourcesOf('rnn'), bilstm: sourcesOf('bilstm') },
    { folder: figures, onFigure: () => pause(workshop) },
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

async function writeReports(workshop: Workshop): Promise<string> {
  const { folder, dataset, own, audit } = workshop;
  const { report } = workshopPaths(folder);
  const runs = runsOf(workshop);
  const data = { dataset, audit: audit() };
  const studies = await studiesOf(workshop);
  const built = buildReport(Object.values(runs), {
    title: `${dataset.name}: from a recurrent network of plain arrays to a bidirectional LSTM`,
    dataOf: () => data,
    after: [
      ...(own ? [workshopSection({ ...runs, data, studies })] : []),
      ...(studies.length > 0 ? [searchSection(studies)] : []),
    ],
  });
  for (const format of reportFormats) {
    await pause(workshop);
    // Markdown and LaTeX have the same pictures
    await writeReport(built, report, format, { pictures: format === 'md' });
  }
  return join(report, 'report.html');
}

/** What the stages share of the data, made when first asked for. */
export function lazily({
  dataset,
  settings,
  say,
}: Pick<Workshop, 'dataset' | 'settings' | 'say'>): Pick<Workshop, 'prepared' | 'audit'> {
  const { bilstm } = settings.configs;
  let prepared: Promise<Prepared> | undefined;
  let audit: Audit | undefined;
  return {
    // data, text and seed are the same for all networks
    prepared: () => (prepared ??= prepareDataset(dataset, bilstm, say)),
    audit: () =>
      (audit ??= auditDataset(dataset, {
        text: bilstm.text,
        nearDuplicates: bilstm.data.near_duplicates,
        trainFraction: bilstm.data.fractions[0],
      })),
  };
}
