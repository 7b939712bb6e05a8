/** The trials of a study in its report: a table of the best, and a log with a line each. */
import { formatCount, formatNumber, plural } from '../figures/chart/format.ts';
import { externalText, paramsOf, paramText } from '../figures/study/params.ts';
import { formatValue, NO_TRIALS, type Objective, ranked, STATE_WORDS } from '../figures/study/trials.ts';
import { bestTrials } from '../tune/study/best.ts';
import { isFeasible } from '../tune/trial/constraints.ts';
import type { FrozenTrial } from '../tune/trial/frozen-trial.ts';
import type { Block, Section, Table } from './content.ts';
import { formatDuration } from './describe.ts';
import type { PlacedFigure } from './figure-blocks.ts';
import { secondsOf } from './study-analysis.ts';
import type { StudyReportFacts } from './study-facts.ts';

/** `train.lr 0.0032, model.type lstm`. */
export function paramsText(trial: FrozenTrial): string {
  return [...trial.internalParams.keys()]
    .map((name) => `${paramText({ name })} ${externalText(trial, name)}`)
    .join(', ');
}

/** Trials of the table of the best. */
const SHOWN = 10;

/** The best trials, or those of the Pareto front. */
export function bestTable(study: StudyReportFacts, objectives: readonly Objective[], most = SHOWN): Table[] {
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
      ? `The Pareto front${chosen.length > most ? `, ${most} of its ${formatCount(chosen.length)} trials` : ''}.`
      : `The best ${chosen.length === 1 ? 'trial' : `${formatCount(Math.min(most, chosen.length))} trials`}.`,
    head: [
      'Trial',
      ...objectives.map(({ name }) => name),
      ...(wide ? ['Parameters'] : params.map(paramText)),
    ],
    words: wide,
    rows: chosen
      .slice(0, most)
      .map((trial) => [
        String(trial.number),
        ...objectives.map((_, k) => valueText(trial.values?.[k])),
        ...(wide ? [paramsText(trial)] : params.map(({ name }) => externalText(trial, name))),
      ]),
  };
  return chosen.length > 0 ? [table] : [];
}

/** The section on the best trials, or on the Pareto front. */
export function bestSection(
  study: StudyReportFacts,
  objectives: readonly Objective[],
  figure: PlacedFigure,
): Section {
  return {
    id: 'best-trials',
    title: study.directions.length > 1 ? 'The Pareto front' : 'The best trials',
    blocks: [...bestTable(study, objectives), ...figure('pareto-front')],
  };
}

/** The log: a line per trial with its result and parameters. */
export function logSection(study: StudyReportFacts, objectives: readonly Objective[], most: number): Section {
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
  const table: Block =
    rows.length > 0
      ? {
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
        }
      : { kind: 'paragraph', text: NO_TRIALS };
  return {
    id: 'search-log',
    title: 'Log of the search',
    appendix: true,
    blocks: [],
    sections: [
      {
        id: 'trials',
        title: plural(shown.length, 'trial'),
        blocks: [
          table,
          ...(left > 0
            ? [
                {
                  kind: 'paragraph',
                  text: `${plural(left, 'later trial')} are left out here; the study holds them.`,
                } satisfies Block,
              ]
            : []),
        ],
      },
    ],
  };
}

/** What `unroll tune` stores with its trials; all studies store the time. */
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
  return state === 'COMPLETE' && !isFeasible(trial) ? 'infeasible' : STATE_WORDS[state];
}

function valueText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite';
  return formatValue(value);
}
