import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluatePredictions } from '../evaluate/index.ts';
import { riskCoverage } from './risk-coverage.ts';

test('the curve goes from the surest documents to all of them', () => {
  // ten documents, surer and surer; the two least sure are wrong
  const confidences = Array.from({ length: 10 }, (_, n) => 0.55 + n / 25);
  const evaluation = evaluatePredictions(
    {
      labels: Int32Array.from({ length: 10 }, (_, n) => (n < 2 ? 1 : 0)),
      probabilities: Float64Array.from(confidences.flatMap((p) => [p, 1 - p])),
      labelNames: ['a', 'b'],
    },
    { bootstrap_samples: 0 },
  );
  const data = riskCoverage.data(evaluation);
  assert.deepEqual(
    data.points.map(({ documents, errors }) => [documents, errors]),
    [...Array.from({ length: 8 }, (_, k) => [k + 1, 0]), [9, 1], [10, 2]],
  );
  assert.deepEqual(data.points.at(-1)?.coverage, 1);
  assert.equal(
    riskCoverage.caption(data),
    'With a label for all 10 documents, 80.0 % of the labels are correct; with one for the most confident 50 %, 100.0 %. The 8 most confident predictions are all correct.',
  );
  const { risk_coverage: _, ...before } = evaluation;
  assert.equal(riskCoverage.lacks({ evaluation: before }), 'the evaluation has no risk-coverage curve');
});
