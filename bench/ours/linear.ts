/** The linear classifier: fitted to training documents, or asked about short ones. */
import { maxOf } from '../../src/core/lists.ts';
import { fittedAtOnce } from '../../src/models/family.ts';
import { completeTextOptions } from '../../src/text/options.ts';
import { completeModelOptions } from '../../src/models/options.ts';
import { readLinearData, shortTexts } from '../support/linear-data.ts';
import type { LinearSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';

/** Sets a fit up, or a fitted classifier that predicts. One step is one fit, or all short documents once. */
export async function prepareLinear({ data, work }: LinearSpec): Promise<Work> {
  const { train, test, classes } = readLinearData(data);
  const model = completeModelOptions({
    type: 'linear',
    char_ngrams: null,
    C: work === 'choose' ? 'auto' : 1,
  });
  const definition = fittedAtOnce(model);
  if (!definition) throw new Error('the linear model is fitted at once');
  const labels = Int32Array.from(train.labels);
  const fit = () =>
    definition.fit(
      model,
      { texts: train.texts, labels, classes },
      { text: completeTextOptions({}), seed: 0 },
    );
  const fitted = await fit();
  const { probabilities } = fitted.score(test.texts);
  let right = 0;
  for (const [n, label] of test.labels.entries()) {
    const row = probabilities.subarray(n * classes, (n + 1) * classes);
    if (row.indexOf(maxOf(row)) === label) right++;
  }
  const short = shortTexts([...train.texts, ...test.texts]);
  return {
    variants: {
      ours: {
        step: work === 'predict' ? () => void fitted.score(short) : async () => void (await fit()),
        check: [right / test.labels.length],
      },
    },
  };
}
