/** Builds a report of a study: what was searched, what was found, how far to trust it, and the log of the search. */
import { shellWord } from '../core/shell-word.ts';
import { formatCount, formatNumber, listing, plural } from '../figures/chart/format.ts';
import { getFigure } from '../figures/index.ts';
import { distributionText, externalText, paramsOf, paramText } from '../figures/study/params.ts';
import {
  bestWord,
  countsText,
  countTrials,
  formatValue,
  type Objective,
  objectivesOf,
  ranked,
} from '../figures/study/trials.ts';
import { bestTrials } from '../tune/best.ts';
import { isFeasible } from '../tune/constraints.ts';
import type { FrozenTrial } from '../tune/frozen-trial.ts';
import { type Block, paragraph, type Report, type Section, sentences, type Table } from './content.ts';
import { accuracySentence, formatDuration } from './describe.ts';
import {
  courseAnalysis,
  failureAnalysis,
  parameterAnalysis,
  pruningAnalysis,
  secondsOf,
  testAnalysis,
  trustAnalysis,
} from './study-analysis.ts';
import type { StudyReportFacts } from './study-facts.ts';

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
  const figure = (type: string): Block[] => {
    const bound = getFigure(type).of({ study });
    return bound ? [{ kind: 'figure', id: type, figure: bound }] : [];
  };
  const any = objectives.some(({ scored }) => scored.length > 0);
  const sections: (Section | undefined)[] = [
    questionSection(study, objectives),
    searchSection(study),
    any ? bestSection(study, objectives, figure) : undefined,
    any ? courseSection(study, figure) : undefined,
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
    reproduceSection(study),
    logSection(study, objectives, logged),
  ];
  return {
    title,
    subtitle: subtitleOf(study),
    sections: sections.filter((section) => section !== undefined && section.blocks.length > 0) as Section[],
  };
}

function subtitleOf({ name, trials, search }: StudyReportFacts): string {
  const ends = trials.flatMap(({ datetimeComplete }) => datetimeComplete ?? []);
  const last = ends.length === 0 ? undefined : new Date(Math.max(...ends.map((end) => end.getTime())));
  const data = search ? ` on ${search.data.name}` : '';
  return `Report of the study ${name}${data}${last ? `, last trial ended ${last.toISOString().slice(0, 10)}` : ''}`;
}

function questionSection(study: StudyReportFacts, objectives: readonly Objective[]): Section {
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
  return {
    id: 'question',
    title: 'Question and answer',
    blocks: [
      { kind: 'paragraph', text: [{ strong: `Which ${what} give ${aims}${on}?` }] },
      ...sentences([
        answer(study, objectives),
        study.model?.evaluation && `Its model, trained again: ${accuracySentence(study.model.evaluation)}`,
      ]),
      ...(open > 0
        ? [
            {
              kind: 'note',
              text: `The search has not ended: ${plural(open, 'trial')} ${open === 1 ? 'runs or waits' : 'run or wait'}. The figures are those so far.`,
            } satisfies Block,
          ]
        : []),
    ],
  };
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

/** `train.lr 0.0032, model.type lstm`. */
function paramsText(trial: FrozenTrial): string {
  return [...trial.internalParams.keys()]
    .map((name) => `${paramText({ name })} ${externalText(trial, name)}`)
    .join(', ');
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
        pruner ? `Hopeless ones were ended by the pruner ${typedText(pruner)}.` : undefined,
        search?.folds == null
          ? undefined
          : `Each was judged by its mean over ${formatCount(search.folds)} folds.`,
        `The study holds ${countsText(countTrials(trials))}.`,
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

const SHOWN = 10;

function bestSection(
  study: StudyReportFacts,
  objectives: readonly Objective[],
  figure: (type: string) => Block[],
): Section {
  const several = study.directions.length > 1;
  const byNumber = new Map(study.trials.map((trial) => [trial.number, trial]));
  const chosen = several
    ? [...bestTrials(study)].sort((a, b) => (a.values?.[0] ?? 0) - (b.values?.[0] ?? 0))
    : ranked(objectives[0]).flatMap(({ trial }) => byNumber.get(trial) ?? []);
  const params = paramsOf(chosen);
  const wide = params.length > 4;
  const table: Table = {
    kind: 'table',
    caption: several
      ? `The Pareto front${chosen.length > SHOWN ? `, ${SHOWN} of its ${formatCount(chosen.length)} trials` : ''}.`
      : `The best ${chosen.length === 1 ? 'trial' : `${formatCount(Math.min(SHOWN, chosen.length))} trials`}.`,
    head: [
      'Trial',
      ...objectives.map(({ name }) => name),
      ...(wide ? ['Parameters'] : params.map(paramText)),
    ],
    words: wide,
    rows: chosen
      .slice(0, SHOWN)
      .map((trial) => [
        String(trial.number),
        ...objectives.map((_, k) => valueText(trial.values?.[k])),
        ...(wide ? [paramsText(trial)] : params.map(({ name }) => externalText(trial, name))),
      ]),
  };
  return {
    id: 'best-trials',
    title: several ? 'The Pareto front' : 'The best trials',
    blocks: [...(chosen.length > 0 ? [table] : []), ...figure('pareto-front')],
  };
}

function courseSection(study: StudyReportFacts, figure: (type: string) => Block[]): Section {
  return {
    id: 'course',
    title: 'The course of the search',
    blocks: [...figure('optimization-history'), ...sentences(courseAnalysis(study)), ...figure('edf')],
  };
}

function parametersSection(study: StudyReportFacts, figure: (type: string) => Block[]): Section | undefined {
  if (paramsOf(study.trials).length === 0) return undefined;
  return {
    id: 'parameters',
    title: 'The parameters',
    blocks: [
      ...figure('param-importances'),
      ...sentences([
        ...parameterAnalysis(study),
        'Importances hold within these ranges and for the trials that the sampler chose, which crowd where values are good.',
      ]),
      ...figure('slice'),
      ...figure('contour'),
      ...figure('parallel-coordinate'),
    ],
  };
}

function pruningSection(study: StudyReportFacts, figure: (type: string) => Block[]): Section | undefined {
  if (study.trials.every(({ intermediateValues }) => intermediateValues.size === 0)) return undefined;
  return {
    id: 'pruning',
    title: 'Learning curves and pruning',
    blocks: [...figure('intermediate-values'), ...sentences(pruningAnalysis(study))],
  };
}

function timeSection(study: StudyReportFacts, figure: (type: string) => Block[]): Section | undefined {
  const times = study.trials.flatMap((trial) => secondsOf(trial) ?? []);
  if (times.length === 0) return undefined;
  const sum = times.reduce((total, seconds) => total + seconds, 0);
  return {
    id: 'time',
    title: 'Time',
    blocks: [
      ...figure('timeline'),
      ...sentences([
        `All ended trials together worked ${formatDuration(sum)}; the longest took ${formatDuration(Math.max(...times))}.`,
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
      ' lives in ',
      { code: storage },
      '. The figures and this report, again:',
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
      text: 'With the same seed one worker chooses the same trials again; several that run side by side see results in another order each time, and choose others. A trial itself is trained to the same bits wherever it runs.',
    });
  return { id: 'reproduce', title: 'How to reproduce it', blocks };
}

/** Every trial in a line: what came of it, and with which parameters. */
function logSection(study: StudyReportFacts, objectives: readonly Objective[], most: number): Section {
  const shown = study.trials.slice(0, most);
  const notes = NOTES.filter(({ of }) => shown.some((trial) => of(trial) !== ''));
  const rows = shown.map((trial) => [
    String(trial.number),
    stateText(trial),
    ...objectives.map((_, k) => (trial.state === 'COMPLETE' ? valueText(trial.values?.[k]) : '')),
    ...notes.map(({ of }) => of(trial)),
    paramsText(trial),
  ]);
  const left = study.trials.length - shown.length;
  return {
    id: 'search-log',
    title: 'Appendix: the log of the search',
    blocks: [
      ...(rows.length > 0
        ? [
            {
              kind: 'table',
              caption: 'Every trial, in the order in which they began.',
              head: [
                'Trial',
                'State',
                ...objectives.map(({ name }) => name),
                ...notes.map(({ head }) => head),
                'Parameters',
              ],
              words: true,
              rows,
            } satisfies Block,
          ]
        : [{ kind: 'paragraph', text: 'The study has no trials yet.' } satisfies Block]),
      ...(left > 0
        ? [
            {
              kind: 'paragraph',
              text: `${plural(left, 'later trial')} are left out here; the study holds them.`,
            } satisfies Block,
          ]
        : []),
    ],
  };
}

/** What `unroll tune` keeps with its trials; the time is known of all. */
const NOTES: readonly { readonly head: string; readonly of: (trial: FrozenTrial) => string }[] = [
  { head: 'Loss', of: ({ userAttrs }) => numbersText(userAttrs['loss'], 3) },
  { head: 'Epochs', of: ({ userAttrs }) => numbersText(userAttrs['epochs'], 6) },
  { head: 'Rate drops', of: ({ userAttrs }) => numbersText(userAttrs['lr_reductions'], 6) },
  {
    head: 'Time',
    of(trial) {
      const seconds = secondsOf(trial);
      return seconds === undefined ? '' : formatDuration(seconds);
    },
  },
];

function numbersText(value: unknown, digits: number): string {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.every((one) => typeof one === 'number' && Number.isFinite(one))
    ? list.map((one) => formatNumber(one as number, digits)).join(', ')
    : '';
}

function stateText(trial: FrozenTrial): string {
  const { state } = trial;
  if (state === 'COMPLETE') return isFeasible(trial) ? 'complete' : 'infeasible';
  return { PRUNED: 'pruned', FAIL: 'failed', RUNNING: 'running', WAITING: 'waiting' }[state];
}

function valueText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite';
  return formatValue(value);
}
