/** Explains test documents of a run for its report. */
import { UnrollError } from '../../core/errors.ts';
import { classWords, explain, type Explanation } from '../../explain/index.ts';
import type { ReportData, ReportExplanations, RunFacts } from '../../report/index.ts';
import { loadClassifier } from '../../run/index.ts';
import type { Job } from '../context.ts';
import { explainedFacts } from '../explain/draw.ts';
import { spread } from '../explain/spread.ts';

/** Documents that are drawn: the most certain errors, and the first correct one of each class. */
const [WRONG, RIGHT] = [2, 3];
/** Documents for the words of each class. */
const MANY = 40;
const WORDS = 10;

/** Explains test documents; undefined, with a notice, if that is impossible. */
export async function explainRun(
  facts: RunFacts,
  data: ReportData | undefined,
  job: Job,
): Promise<ReportExplanations | undefined> {
  const { predictions, run } = facts;
  const without = (why: string) => {
    job.notice(`the report of ${facts.name} has no explanations: ${why}`);
    return undefined;
  };
  if (!predictions || predictions.length === 0)
    return without('the run has no predictions for test documents');
  if (!data) return without('its data cannot be read');
  try {
    const classifier = await loadClassifier(run.path, { now: job.now, engine: job.engine });
    try {
      const { rowIds, texts } = data.dataset;
      const textOf = new Map(Array.from(rowIds, (row, i) => [row, texts[i]]));
      const found = new Map<number, Explanation>();
      const explained = (row: number) => {
        const own = found.get(row) ?? explain(classifier, textOf.get(row) ?? '');
        found.set(row, own);
        return own;
      };
      const drawn = chosenOf(predictions.filter(({ row }) => textOf.has(row)));
      const shown = drawn.map(({ row, label }) => ({
        ...{ row, text: textOf.get(row) ?? '', actual: label },
        explanation: explained(row),
      }));
      const many = spread(predictions, MANY).map(({ row }) => explained(row));
      const gaps = [...found.values()].flatMap(({ gap }) => gap ?? []);
      return {
        explained: explainedFacts(shown),
        class_words: {
          ...{ method: many[0].method, documents: many.length },
          classes: classWords(many, classifier.labelNames, WORDS),
        },
        largestGap: gaps.length === 0 ? null : gaps.reduce((most, gap) => Math.max(most, gap)),
      };
    } finally {
      await classifier.close();
    }
  } catch (error) {
    // a report without a section is better than none
    if (error instanceof UnrollError) return without(error.message);
    throw error;
  }
}

type Predictions = NonNullable<RunFacts['predictions']>;

function chosenOf(predictions: Predictions): Predictions {
  const wrong = predictions
    .filter(({ label, predicted }) => label !== predicted)
    .toSorted((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, WRONG);
  const classes = new Set<string>();
  const right = predictions.filter(({ label, predicted }) => {
    if (label !== predicted || classes.has(label)) return false;
    return classes.add(label);
  });
  return [...right.slice(0, RIGHT), ...wrong];
}
