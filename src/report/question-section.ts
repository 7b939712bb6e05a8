/** The question of a report, and its answer in numbers. */
import { formatCount, formatPercent, plural } from '../figures/chart/format.ts';
import { classText } from '../figures/chart/text.ts';
import { describeModel } from '../models/family.ts';
import type { Comparison } from './compare.ts';
import { type Block, type Section, sentences } from './content.ts';
import type { ReportData } from './data-sections.ts';
import { accuracySentence } from './describe.ts';
import type { RunFacts } from './run-facts.ts';

/** The question, and the answer in numbers; `data` is that of the first run. */
export function questionSection(
  runs: readonly RunFacts[],
  comparison: Comparison,
  data: ReportData | undefined,
): Section {
  const [first] = runs;
  const { evaluation, model } = first.sources;
  const classes = evaluation?.labels.length ?? model?.classes;
  const known = first.description?.data;
  const what = known ? `the ${formatCount(known.documents)} documents of ${known.name}` : 'the documents';
  const into = classes === undefined ? '' : ` into ${plural(classes, 'class')}`;
  const title = model ? `a ${describeModel(model.model).title} classifier` : 'the classifier';
  const question =
    runs.length === 1
      ? `How well does ${title} sort documents like ${what}${into}?`
      : `Which of ${formatCount(runs.length)} classifiers sorts documents like ${what}${into} best, and is the difference more than chance?`;
  const baseline = data?.audit.majority_baseline;
  const answers =
    runs.length === 1
      ? [
          evaluation ? accuracySentence(evaluation) : 'The run has no test results.',
          baseline
            ? `Always answering ${classText(baseline.label)} would be right in ${formatPercent(baseline.accuracy)}.`
            : undefined,
        ]
      : comparison.verdict;
  const blocks: Block[] = [{ kind: 'paragraph', text: [{ strong: question }] }, ...sentences(answers)];
  if (runs.length > 1 && comparison.verdict.length === 0) {
    blocks.push({
      kind: 'note',
      text: 'No two of the runs could be tested against each other; the comparison says why.',
    });
  }
  for (const { name, description } of runs) {
    if (description && description.status !== 'finished') {
      blocks.push({
        kind: 'note',
        text: `${name} is not finished (${description.status}): its figures are those so far.`,
      });
    }
  }
  return { id: 'question', title: 'Question and answer', blocks };
}
