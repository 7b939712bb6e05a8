/** Every equation that a member of a family supplies can be drawn, and what the reports say of it is there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TypeAndOptions } from '../core/family.ts';
import { describeModel, modelTypes } from '../models/family.ts';
import { completeModelOptions } from '../models/options.ts';
import { layers } from '../nn/layers/index.ts';
import { losses } from '../nn/losses/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { poolings } from '../nn/pooling/index.ts';
import { schedules } from '../nn/schedules/index.ts';
import { trainOptions } from '../train/options.ts';
import type { Block } from './content.ts';
import { equationBlocks } from './equations.ts';
import { mathml } from './math.ts';
import { backwardEquations, forwardEquations } from './scratch-section.ts';

function formulasOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'equations') return block.lines;
    if (block.kind !== 'paragraph' || typeof block.text === 'string') return [];
    return block.text.flatMap((part) => (typeof part === 'object' && 'math' in part ? [part.math] : []));
  });
}

describe('equations can be drawn', () => {
  for (const type of modelTypes) {
    for (const loss of losses.names) {
      test(`${type}, ${loss}`, () => {
        const model = completeModelOptions({ type });
        const blocks = equationBlocks({ model, train: trainOptions.parse({ loss }) });
        const formulas = formulasOf(blocks);
        assert.ok(formulas.length > 0);
        for (const formula of formulas) assert.match(mathml(formula), /^<math/);
      });
    }
  }
  for (const options of [
    ...poolings.names.map((type) => ({ type })),
    { type: 'attention', heads: 3 },
  ] as TypeAndOptions[]) {
    for (const bidirectional of [false, true]) {
      test(`pooling ${Object.values(options).join(' ')}, ${bidirectional ? 'both directions' : 'forward'}`, () => {
        const { symbol, equations } = poolings.describe(options);
        const lines = equations({ bidirectional });
        assert.ok(lines.some((line) => line.startsWith(`${symbol} =`)), 'its symbol is defined'); // prettier-ignore
        for (const line of [symbol, ...lines]) assert.match(mathml(line), /^<math/);
      });
    }
  }
});

test('a report has the equations of the layer, of each pooling, of the outputs and of the loss', () => {
  const model = completeModelOptions({ type: 'bigru', pooling: 'last+max' });
  const lines = formulasOf(equationBlocks({ model, train: trainOptions.parse({ label_smoothing: 0.1 }) }));
  for (const wanted of [
    ...layers.describe({ type: 'gru' }).equations,
    'p_{last} = [\\overrightarrow{h}_T, \\overleftarrow{h}_1]',
    'p_{max} = \\max_t h_t',
    'z = W_y [p_{last}, p_{max}] + b_y',
    'y = \\mathrm{softmax}(z)',
    '\\alpha = 0.1',
    '\\ell = -(1 - \\alpha) \\log y_k - \\frac{\\alpha}{C} \\sum_{c=1}^{C} \\log y_c',
  ])
    assert.ok(lines.includes(wanted), wanted);
});

test('the backward pass of the network from scratch can be drawn, and is the one that the docs derive', () => {
  const page = readFileSync(new URL('../../docs/derivations/rnn.md', import.meta.url), 'utf8');
  const squeezed = page.replace(/\s+/g, ' ');
  for (const formula of backwardEquations) assert.ok(squeezed.includes(formula), formula);
  for (const formula of [...forwardEquations, ...backwardEquations]) assert.match(mathml(formula), /^<math/);
});

test('sentences name models, optimisers and schedules as people do', () => {
  const sentence = (given: object) => describeModel(completeModelOptions(given)).sentence;
  assert.equal(sentence({ type: 'bilstm', num_layers: 2, hidden_size: 64 }), 'a bidirectional LSTM with 2 layers of 64'); // prettier-ignore
  assert.equal(sentence({ type: 'lstm', hidden_size: 8 }), 'an LSTM with 1 layer of 8');
  assert.equal(sentence({ type: 'rnn', nonlinearity: 'relu' }), 'an RNN (relu) with 1 layer of 128');
  assert.equal(sentence({ type: 'scratch', hidden_size: 32 }), 'an RNN of plain arrays with 1 layer of 32');
  assert.equal(optimizers.describe({ type: 'adamw' }).title, 'AdamW');
  assert.deepEqual(optimizers.describe({ type: 'sgd', momentum: 0.9 }).settings, [['momentum', 0.9]]);
  assert.deepEqual(schedules.describe({ type: 'plateau' }).settings[0], ['factor', 0.5]);
  for (const { names, describe: of } of [optimizers, schedules, losses, layers])
    for (const type of names) assert.ok(of({ type }).title.length > 0, type);
});
