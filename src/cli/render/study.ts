/** A finished search as text for a terminal: the best trials, and the evaluation of the model that was kept. */
import type { Found } from '../../jobs/index.ts';
import { notesOf } from '../../jobs/search/notes.ts';
import { bestTrials, type FrozenTrial, type ParamValue, trialParams } from '../../tune/index.ts';
import { objectivesOf } from '../../tune/options.ts';
import type { StudyView } from '../../tune/study/view.ts';
import type { Output } from '../io.ts';
import { evaluationFor } from '../write-result.ts';

/** Trials of the table. */
const SHOWN = 5;

/** The best trials, and the evaluation of the model that was kept. */
export function renderStudy({ view, best, search, outcome }: Found, out: Output): string {
  const objectives = objectivesOf(search.tune);
  const rows = (objectives.length > 1 ? bestTrials(view) : ranking(view))
    .slice(0, SHOWN)
    .map((trial) => [
      String(trial.number),
      ...objectives.map((_, i) => decimals(trial.values?.[i])),
      decimals(notesOf(trial).loss),
      paramsText(trialParams(trial)),
    ]);
  const head = ['trial', ...objectives.map(({ name }) => name), 'loss', 'parameters'];
  const text = [head, ...rows].map((row) => row.join('  ')).join('\n');
  const test = outcome.test ? evaluationFor(out, outcome.test) : '';
  return `${text}\n\nthe model of trial ${best.number}:\n${test}`;
}

/** Complete trials, the best first. */
function ranking({ trials, directions }: StudyView): readonly FrozenTrial[] {
  const sign = directions[0] === 'minimize' ? 1 : -1;
  return trials
    .filter(({ state, values }) => state === 'COMPLETE' && values)
    .sort((a, b) => sign * (a.values![0] - b.values![0]));
}

/** `train.lr=0.00484 model.hidden_size=128`. */
export function paramsText(params: Readonly<Record<string, ParamValue>>): string {
  return Object.entries(params)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`,
    )
    .join(' ');
}

/** A number with four digits, or as it is where it is whole. */
export function decimals(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return Number.isInteger(value) && Math.abs(value) > 1 ? String(value) : value.toFixed(4);
}
