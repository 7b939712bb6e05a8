/** Which model a run with `train.auto` kept, in words. */
import { formatPercent, plural } from '../figures/chart/format.ts';
import type { ChoiceRecord } from '../run/index.ts';

/** What was tried with its validation scores, what was chosen, and why: sentences without a full stop. */
export function choiceSentences(choice: ChoiceRecord): readonly string[] {
  const { documents, scores, network, best_weight } = choice;
  const of = plural(documents, 'validation document');
  const words = (name: string, { accuracy, log_loss }: { accuracy: number; log_loss: number }) =>
    `${name} ${formatPercent(accuracy)} with log loss ${log_loss.toFixed(3)}`;
  const mixed = best_weight > 0 && best_weight < 1;
  const tried = scores && [
    words('linear', scores.linear),
    words(network, scores.network),
    ...(mixed ? [words(`their average (${share(best_weight)} ${network})`, scores.average)] : []),
  ];
  return [
    ...(tried ? [`accuracy on ${of}: ${tried.join('; ')}`] : []),
    `${chosenWords(choice)}: ${reason(choice)}`,
  ];
}

function chosenWords({ chosen, weight, network, gain, refit = false }: ChoiceRecord): string {
  const documents = 'training and validation documents';
  switch (chosen) {
    case 'network':
      return `${network} alone was chosen${refit ? ` and trained again on ${documents}` : ''}`;
    case 'linear':
      // without validation documents there is nothing more to learn from
      return `the linear model was chosen${gain ? ` and fitted again to ${documents}` : ''}`;
    case 'average': {
      const parts = refit
        ? `both learned again from ${documents}`
        : `its linear part fitted again to ${documents}`;
      return `the average (${share(weight)} ${network}, ${share(1 - weight)} linear) was chosen and ${parts}`;
    }
  }
}

function reason({ chosen, best_weight, documents, gain, network, scores }: ChoiceRecord): string {
  if (!gain) return 'there are no validation documents to choose by';
  if (best_weight === 0)
    return scores && scores.network.log_loss < scores.linear.log_loss
      ? `${plural(documents, 'document')} ${documents === 1 ? 'is' : 'are'} too few to prefer ${network}`
      : `no average with ${network} has a clearly lower log loss`;
  const { mean, standard_error: error } = gain;
  const difference = `${mean.toFixed(3)}${error === null ? '' : ` ± ${error.toFixed(3)} (standard error)`}`;
  const other = best_weight === 1 ? network : 'the average';
  return chosen === 'linear'
    ? `${other} has a log loss lower by ${difference}, which may be chance on ${plural(documents, 'document')}`
    : `its log loss is lower than that of the linear model by ${difference}`;
}

const share = (weight: number) => `${Math.round(100 * weight)} %`;
