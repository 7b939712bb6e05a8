/** Builds the report of a study: what was searched, what was found, how far to trust it, and the log of the search. */
import { maxOf } from '../core/lists.ts';
import { shellWord } from '../core/shell-word.ts';
import { formatCount, listing, plural } from '../figures/chart/format.ts';
import { distributionText, paramsOf, paramText } from '../figures/study/params.ts';
import {
  bestWord,
  countsText,
  countTrials,
  formatValue,
  hasValues,
  type Objective,
  objectivesOf,
  ranked,
} from '../figures/study/trials.ts';
import { importancesOf } from '../figures/study/importances.ts';
import { modelsWithIntervals } from '../figures/index.ts';
import { wilsonInterval } from '../evaluate/index.ts';
import { bestTrials } from '../tune/study/best.ts';
import { type Block, paragraph, type Report, type Section, sentences, type Table } from './content.ts';
import { accuracySentence, formatDuration } from './describe.ts';
import type { Answer } from './question-section.ts';
import { methodsSection, searchMethods } from './references.ts';
import { figureBlocks, placeRest, type PlacedFigure } from './figure-blocks.ts';
import {
  courseAnalysis,
  failureAnalysis,
  parameterAnalysis,
  pruningAnalysis,
  secondsOf,
  testAnalysis,
  trustAnalysis,
} from './study-analysis.ts';
import { judgedDocuments, type StudyReportFacts } from './study-facts.ts';
import { bestSection, bestTable, logSection, paramsText } from './study-trials.ts';

/** What a report of a study is made with. */
export interface StudyReportOptions {
  /** Default: the study's name, and what it is. */
  readonly title?: string;
  /** Trials of the log, the first ones. Default 500. */
  readonly logged?: number;
}

/** Builds the report of a study. */
export function buildStudyReport(study: StudyReportFacts, options: StudyReportOptions = {}): Report {
  const { title = `${study.name}: a hyperparameter search`, logged = 500 } = options;
  const objectives = objectivesOf(study);
  const { figure, rest } = figureBlocks({ study });
  const any = hasValues(objectives);
  const { section: question, abstract } = questionSection(study, objectives);
  const sections: (Section | undefined)[] = [
    question,
    searchSection(study),
    any ? bestSection(study, objectives, figure) : undefined,
    any ? courseSection(study, figure, rest('course')) : undefined,
    any ? parametersSection(study, figure) : undefined,
    pruningSection(study, figure),
    any && study.directions.length === 1
      ? {
          id: 'trust',
          title: 'How far to trust the best value',
          blocks: [...sentences(trustAnalysis(study)), ...sentences(testAnalysis(study))],
        }
      : undefined,
    timeSection(study, figure),
    methodsSection(searchMethods(study, importancesOf(study, 0) !== undefined)),
    reproduceSection(study),
    logSection(study, objectives, logged),
  ];
  return {
    title,
    subtitle: subtitleOf(study),
    abstract,
    sections: sections.filter(
      (section) => section !== undefined && (section.blocks.length > 0 || section.sections !== undefined),
    ) as Section[],
  };
}

function subtitleOf({ name, trials, search }: StudyReportFacts): string {
  const ends = trials.flatMap(({ datetimeComplete }) => datetimeComplete ?? []);
  const last = ends.length === 0 ? undefined : new Date(maxOf(ends, (end) => end.getTime()));
  const data = search ? ` on ${search.data.name}` : '';
  return `Report of the study ${name}${data}${last ? `, last trial ended ${last.toISOString().slice(0, 10)}` : ''}`;
}

/** The first screen: question, the best trials as a table and a chart, then sentences. */
function questionSection(study: StudyReportFacts, objectives: readonly Objective[]): Answer {
  const params = paramsOf(study.trials).map(paramText);
  const what =
    params.length === 0
      ? 'settings'
      : params.length <= 6
        ? `values of ${listing(params)}`
        : `values of ${listing(params.slice(0, 5))} and ${formatCount(params.length - 5)} more parameters`;
  const aims = listing(objectives.map(({ name, direction }) => `the ${bestWord(direction)} ${name}`));
  const on = study.search
    ? ` on the ${formatCount(study.search.data.documents)} documents of ${study.search.data.name}`
    : '';
  const counts = countTrials(study.trials);
  const open = counts.running + counts.waiting;
  const question = `Which ${what} give ${aims}${on}?`;
  const said = [
    answer(study, objectives),
    ...(study.model?.evaluation
      ? [`Its model, trained again: ${accuracySentence(study.model.evaluation)}`]
      : []),
  ];
  const section: Section = {
    id: 'question',
    title: 'At a glance',
    blocks: [
      { kind: 'paragraph', text: [{ strong: question }] },
      ...bestTable(study, objectives, GLANCE),
      ...bestChart(study, objectives),
      ...sentences(said),
      ...(open > 0
        ? [
            {
              kind: 'note',
              text: `The search has not ended: ${plural(open, 'trial')} ${open === 1 ? 'runs or waits' : 'run or wait'}. The results are those so far.`,
            } satisfies Block,
          ]
        : []),
    ],
  };
  return { section, abstract: [question, ...said] };
}

/** Trials on the first screen. */
const GLANCE = 5;

/**
 * The best trials with the intervals that follow from the number of documents; undefined unless the value is an
 * accuracy.
 */
function bestChart(study: StudyReportFacts, objectives: readonly Objective[]): Block[] {
  const documents = judgedDocuments(study);
  const [objective] = objectives;
  if (study.directions.length > 1 || documents === undefined || !/accuracy/i.test(objective.name)) return [];
  const best = ranked(objective).slice(0, GLANCE);
  const figure = modelsWithIntervals.of({
    comparison: {
      metric: { title: objective.name, better: 'higher', range: [0, 1] },
      measured_on: plural(documents, 'document'),
      rows: best.map(({ trial, value }) => {
        const [low, high] = wilsonInterval(Math.round(value * documents), documents, 0.95);
        return { name: `trial ${trial}`, value, low, high };
      }),
    },
  });
  return figure && best.length > 0 ? [{ kind: 'figure', id: 'at-a-glance', figure, unnumbered: true }] : [];
}

function answer(study: StudyReportFacts, objectives: readonly Objective[]): string {
  const counts = countsText(countTrials(study.trials));
  if (study.directions.length > 1) {
    const front = bestTrials(study).length;
    return front === 0
      ? `There is no answer yet: ${counts}.`
      : `No single one: ${plural(front, 'trial')} ${front === 1 ? 'is' : 'are'} on the Pareto front (${counts}), where nothing gets better in one objective without getting worse in another.`;
  }
  const [{ best, name, direction, scored }] = objectives;
  const trial = study.trials.find(({ number }) => number === best?.trial);
  if (best === null || !trial) return `There is no answer yet: ${counts}.`;
  const values = paramsText(trial);
  const equals = scored.filter((one) => one.feasible && one.value === best.value).length - 1;
  const shared = equals === 0 ? '' : ` It shares it with ${plural(equals, 'later trial')}.`;
  return `Trial ${best.trial} has the ${bestWord(direction)} ${name}, ${formatValue(best.value)}${values === '' ? '' : `, with ${values}`} (${counts}).${shared}`;
}

/** The space, and how it was searched. */
function searchSection(study: StudyReportFacts): Section {
  const { trials, search } = study;
  const space = new Map<string, { readonly ranges: Set<string>; trials: number }>();
  for (const trial of trials) {
    for (const [name, distribution] of trial.distributions) {
      const known = space.get(name) ?? { ranges: new Set<string>(), trials: 0 };
      known.ranges.add(distributionText(distribution));
      known.trials++;
      space.set(name, known);
    }
  }
  const suggested = trials.filter(({ distributions }) => distributions.size > 0).length;
  const conditional = [...space.values()].some((one) => one.trials < suggested);
  const table: Table = {
    kind: 'table',
    caption: `The search space${conditional ? '; parameters that not every trial has depend on others' : ''}.`,
    head: ['Parameter', 'Values', ...(conditional ? ['Trials'] : [])],
    words: true,
    rows: [...space].map(([name, { ranges, trials: count }]) => [
      paramText({ name }),
      [...ranges].join('; later '),
      ...(conditional ? [formatCount(count)] : []),
    ]),
  };
  const { sampler, pruner, seed } = search?.settings ?? {};
  return {
    id: 'search',
    title: 'The search',
    blocks: [
      ...(space.size > 0 ? [table] : []),
      ...sentences([
        sampler
          ? `Trials were chosen by the sampler ${typedText(sampler)}${seed === undefined ? '' : `, seed ${seed}`}.`
          : undefined,
        pruner ? `Trials that did badly early were stopped by the pruner ${typedText(pruner)}.` : undefined,
        search?.folds == null
          ? undefined
          : `Each was scored by its mean over ${formatCount(search.folds)} folds.`,
        `The study has ${countsText(countTrials(trials))}.`,
        ...failureAnalysis(study),
      ]),
    ],
  };
}

/** `median (n_warmup_steps 4)`. */
function typedText({ type, ...options }: { readonly type: string; readonly [key: string]: unknown }): string {
  const given = Object.entries(options).filter(([, value]) =>
    ['number', 'string', 'boolean'].includes(typeof value),
  );
  return `${type}${given.length === 0 ? '' : ` (${given.map(([key, value]) => `${key} ${String(value)}`).join(', ')})`}`;
}

function courseSection(study: StudyReportFacts, figure: PlacedFigure, rest: readonly Block[]): Section {
  return {
    id: 'course',
    title: 'Search history',
    blocks: placeRest(
      [...figure('optimization-history'), ...sentences(courseAnalysis(study)), ...figure('edf')],
      rest,
    ),
  };
}

function parametersSection(study: StudyReportFacts, figure: PlacedFigure): Section | undefined {
  if (paramsOf(study.trials).length === 0) return undefined;
  return {
    id: 'parameters',
    title: 'The parameters',
    blocks: [
      ...figure('param-importances'),
      ...sentences([
        ...parameterAnalysis(study),
        'Importances hold within these ranges and for the trials that the sampler chose, which are mostly near good values.',
      ]),
      ...figure('slice'),
      ...figure('contour'),
      ...figure('parallel-coordinate'),
    ],
  };
}

function pruningSection(study: StudyReportFacts, figure: PlacedFigure): Section | undefined {
  if (study.trials.every(({ intermediateValues }) => intermediateValues.size === 0)) return undefined;
  return {
    id: 'pruning',
    title: 'Learning curves and pruning',
    blocks: [...figure('intermediate-values'), ...sentences(pruningAnalysis(study))],
  };
}

function timeSection(study: StudyReportFacts, figure: PlacedFigure): Section | undefined {
  const times = study.trials.flatMap((trial) => secondsOf(trial) ?? []);
  if (times.length === 0) return undefined;
  const sum = times.reduce((total, seconds) => total + seconds, 0);
  return {
    id: 'time',
    title: 'Time',
    blocks: [
      ...figure('timeline'),
      ...sentences([
        `All finished trials together took ${formatDuration(sum)}; the longest took ${formatDuration(maxOf(times))}.`,
      ]),
    ],
  };
}

function reproduceSection({ name, storage, search }: StudyReportFacts): Section {
  const blocks: Block[] = [];
  const command = search?.settings.command;
  if (command)
    blocks.push({ kind: 'code', language: 'sh', text: `unroll ${command.map(shellWord).join(' ')}` });
  blocks.push(
    paragraph(
      'The study ',
      { code: name },
      ' is in ',
      { code: storage },
      '. To draw the figures and write this report again:',
    ),
    {
      kind: 'code',
      language: 'sh',
      text: ['figures', 'report']
        .map((verb) => `unroll ${verb} ${shellWord(storage)} --study ${shellWord(name)}`)
        .join('\n'),
    },
  );
  if (search) {
    blocks.push(
      paragraph(
        'Data: ',
        { code: search.data.name },
        ' with the hash ',
        { code: search.data.hash },
        '. The configuration that was searched:',
      ),
      { kind: 'code', language: 'yaml', text: search.config.trimEnd() },
    );
  }
  if (search)
    blocks.push({
      kind: 'paragraph',
      text: 'With the same seed, one worker chooses the same trials again. With several workers, results arrive in a different order each time, so other trials are chosen. Each trial gives the same bits on any machine.',
    });
  return { id: 'reproduce', title: 'How to reproduce it', blocks };
}
