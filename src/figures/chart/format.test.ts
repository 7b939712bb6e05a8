/** Numbers and names as figures print them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { axisScale } from './axes.ts';
import { formatNumber, tickLabels } from './format.ts';
import { fitName, fitNames, fitText, isMeasured, textWidth } from './text.ts';

describe('tick labels', () => {
  const cases: [number[], Parameters<typeof tickLabels>[1], string[]][] = [
    [[0.85, 0.9, 0.95], {}, ['0.85', '0.90', '0.95']],
    [[0, 0.5, 1, 1.5], {}, ['0.0', '0.5', '1.0', '1.5']],
    [[-1, -0.5, 0, 0.5], {}, ['−1.0', '−0.5', '0.0', '0.5']],
    [[0, 1000, 2000], {}, ['0', '1,000', '2,000']],
    [[1e6, 2e6], {}, ['1,000,000', '2,000,000']],
    [[0, 5e-5, 1e-4], {}, ['0', '5e-5', '1e-4']],
    [[0, 5e-6, 1e-5, 1.5e-5], {}, ['0', '5.0e-6', '1.0e-5', '1.5e-5']],
    [[0.001, 0.01, 0.1, 1, 10], { log: true }, ['0.001', '0.01', '0.1', '1', '10']],
    [[1e-5, 1e-4, 0.1], { log: true }, ['1e-5', '1e-4', '1e-1']],
    [[1, 1e6], { log: true }, ['1', '1e6']],
    [[0.98, 0.985, 0.99], { unit: 'percent' }, ['98.0 %', '98.5 %', '99.0 %']],
    [[0, 0.5, 1], { unit: 'percent' }, ['0 %', '50 %', '100 %']],
    [[], {}, []],
    [[0], {}, ['0']],
    [[0.1 + 0.2, 0.4], {}, ['0.3', '0.4']],
  ];
  for (const [values, options, expected] of cases) {
    test(`of ${JSON.stringify(values)} ${JSON.stringify(options)}`, () => {
      assert.deepEqual(tickLabels(values, options), expected);
    });
  }

  test('of any axis differ from each other, and read back as its values', () => {
    const number = fc.double({ min: -1e7, max: 1e7, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        number,
        fc.double({ min: 1e-9, max: 1e7, noNaN: true }),
        fc.boolean(),
        (low, width, percent) => {
          fc.pre(low + width > low && width > 1e-6 * Math.abs(low));
          const unit = percent ? 'percent' : 'number';
          const { ticks } = axisScale({ domain: [low, low + width], range: [0, 100], unit });
          assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
          if (percent) return;
          for (const { value, label } of ticks) {
            const read = Number(label.replace('−', '-').replaceAll(',', ''));
            assert.ok(
              Math.abs(read - value) <= 1e-3 * (ticks[1].value - ticks[0].value),
              `${label} for ${value}`,
            );
          }
        },
      ),
    );
  });
});

test('numbers in sentences: three digits, commas from a thousand on, an exponent without a plus', () => {
  assert.deepEqual(
    [0, 0.4123, 12.34, 1000, 12_345.6, 99_999, 1e6, 2.5e7, 4.8e-4, -0.5, NaN].map((value) =>
      formatNumber(value),
    ),
    ['0', '0.412', '12.3', '1,000', '12,300', '99,999', '1e6', '2.5e7', '4.8e-4', '-0.5', 'not a number'],
  );
});

describe('names', () => {
  test('are shortened in the middle, the beginning at most one cluster longer', () => {
    const room = textWidth('Account_ma…nagement', 11);
    assert.equal(fitName('Account_management_management', room, 11), 'Account_m…nagement');
    assert.equal(fitName('short', 100, 11), 'short');
    assert.equal(fitName('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 75, 11), '👩‍👩‍👧‍👦…');
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 60 }),
        fc.integer({ min: 30, max: 200 }),
        (name, room) => {
          const fitted = fitName(name, room, 11);
          assert.ok(textWidth(fitted, 11) <= room);
          if (fitted === name) return;
          const [begin, end] = [
            fitted.slice(0, fitted.indexOf('…')),
            fitted.slice(fitted.lastIndexOf('…') + 1),
          ];
          assert.ok(name.startsWith(begin) && name.endsWith(end));
        },
      ),
    );
  });

  test('that differ still differ when they are shortened, by their beginning or their end', () => {
    const [begin, end] = ['one', 'two'].map((which) => `${which} common words that follow each other here`);
    const names = ['aaa common words x and more', 'aaa common words y and more'];
    const fitted = fitNames(names, 90, 11);
    assert.equal(new Set(fitted).size, 2);
    for (const name of fitted) assert.ok(textWidth(name, 11) <= 90 && name.includes('…'));
    assert.deepEqual(fitNames([begin, end], 60, 11), [fitName(begin, 60, 11), fitName(end, 60, 11)]);
    assert.deepEqual(fitNames(['same', 'same'], 100, 11), ['same', 'same']);
  });

  test('an ellipsis at the end keeps what fits', () => {
    assert.equal(fitText('Customer complaints', textWidth('Customer…', 11), 11), 'Customer…');
  });

  test('of scripts that the table lacks are taken as wide, and are not measured', () => {
    assert.equal(textWidth('体', 10), 10);
    // as wide as Noto Sans draws them, and less than squares; letters with teeth are wide
    for (const [word, drawn] of [
      ['والسياسة', 3729],
      ['شخص', 2773],
      ['עסקים', 2787],
      ['กีฬา', 1674],
    ] as const)
      // prettier-ignore
      assert.ok(textWidth(word, 1000) >= drawn && (word === 'شخص' || textWidth(word, 1000) < 900 * word.length), word);
    assert.equal(textWidth('🙂', 10), 13);
    assert.equal(textWidth('e\u0301', 10), textWidth('e', 10));
    assert.ok(isMeasured('Größe −1') && !isMeasured('体'));
  });
});
