import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../core/errors.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { fewestDocuments, type JudgedDocuments, promisePrecision, riskCoverage } from './abstention.ts';
import { clopperPearsonLower } from './intervals.ts';

const { bounds } = JSON.parse(
  readFileSync(new URL('../../test/golden/confidence/confidence.json', import.meta.url), 'utf8'),
) as { bounds: { successes: number; total: number; level: number; bound: number }[] };

/** Documents of which one with confidence c is right with the chance c². */
function draw(N: number, rng: Rng): JudgedDocuments {
  const confidences = Float64Array.from({ length: N }, () => 1 - rng.float() ** 2 / 2);
  return { confidences, right: Array.from(confidences, (c) => rng.float() < c * c) };
}

/** P(right | confidence above t): the mean of (1 - u²/2)² over u in [0, a), a = √(2 (1 - t)). */
function truePrecision(t: number): number {
  const a = Math.min(1, Math.sqrt(2 * (1 - t)));
  return 1 - (a * a) / 3 + a ** 4 / 20;
}

describe('the bound of Clopper and Pearson', () => {
  for (const { successes, total, level, bound } of bounds) {
    it(`agrees with SciPy for ${successes} of ${total} at ${level}`, () => {
      const found = clopperPearsonLower(successes, total, level);
      assert.ok(Math.abs(found - bound) < 1e-10, `${found}, not ${bound}`);
    });
  }

  it('lies above the true proportion in at most 5 of 100 samples', () => {
    for (const [N, p] of [
      [20, 0.7],
      [100, 0.95],
      [400, 0.99],
    ] as const) {
      const rng = createRng(N);
      let above = 0;
      for (let sample = 0; sample < 1000; sample++) {
        let hits = 0;
        for (let n = 0; n < N; n++) if (rng.float() < p) hits++;
        if (clopperPearsonLower(hits, N) > p) above++;
      }
      // 50 expected at most, ± 3 · 6.9
      assert.ok(above <= 71, `${above} of 1000 for ${N} documents at ${p}`);
    }
  });
});

describe('a promised precision', () => {
  it('holds for new documents in at least 95 of 100 samples, and labels most of what it could', () => {
    const rng = createRng(5);
    let [broken, coverage] = [0, 0];
    for (let sample = 0; sample < 200; sample++) {
      const { threshold, labelled, documents } = promisePrecision(draw(1000, rng), 0.9);
      if (truePrecision(threshold) < 0.9) broken++;
      coverage += labelled / documents / 200;
    }
    assert.ok(broken <= 10, `${broken} of 200`);
    // the true precision is 0.9 where 57 % of the documents are labelled
    assert.ok(coverage > 0.4, `${coverage}`);
  });

  it('labels all documents where the model is that precise on all', () => {
    const confidences = Array.from({ length: 400 }, (_, n) => 0.5 + n / 1000);
    const found = promisePrecision({ confidences, right: confidences.map(() => true) }, 0.95);
    assert.deepEqual(
      { ...found, bound: 0 },
      {
        ...{ threshold: 0, precision: 0.95, level: 0.95, documents: 400, labelled: 400, errors: 0, bound: 0 },
      },
    );
    assert.ok(found.bound >= 0.95);
  });

  it('is refused with the number of documents that it needs, and what these can promise', () => {
    assert.equal(fewestDocuments(0.99), 299);
    const right = new Array<boolean>(298).fill(true);
    assert.throws(
      () => promisePrecision({ confidences: right.map(() => 1), right }, 0.99),
      (error) =>
        error instanceof DataError &&
        /at least 299 validation documents .* but the run has 298\. Ask for at most 0\.98, /.test(
          error.message,
        ),
    );
    assert.throws(() => promisePrecision({ confidences: [], right: [] }, 0.9), /has 0\. Give it a larger/);
  });

  it('is refused where the model is not that precise', () => {
    const confidences = Array.from({ length: 500 }, (_, n) => n / 1000 + 0.5);
    const right = confidences.map((_, n) => n % 10 > 0);
    assert.throws(
      () => promisePrecision({ confidences, right }, 0.95),
      /Ask for less, or train a better model/,
    );
  });
});

it('the risk-coverage curve counts errors among the surest, and ends with all documents', () => {
  const judged = fc.array(fc.tuple(fc.constantFrom(0.5, 0.6, 0.7, 0.8, 0.9), fc.boolean()), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(judged, (documents) => {
      const confidences = documents.map(([c]) => c);
      const right = documents.map(([, r]) => r);
      const curve = riskCoverage({ confidences, right }, 20);
      assert.ok(curve.length <= 20);
      for (const { labelled, threshold, errors } of curve) {
        const above = documents.filter(([c]) => c >= threshold);
        assert.equal(above.length, labelled);
        assert.equal(above.filter(([, r]) => !r).length, errors);
      }
      assert.equal(curve.at(-1)?.labelled ?? 0, documents.length);
    }),
  );
});
