import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { samplers } from '../samplers/index.ts';
import { createStudy } from '../study/open.ts';
import { configOf, parseSpace, spaceDistributions, suggestFromSpace } from './search-space.ts';

const config = {
  data: { split: 'random' },
  model: {
    nonlinearity: { type: 'categorical', choices: ['tanh', 'relu'], when: { 'model.type': 'rnn' } },
    type: { type: 'categorical', choices: ['lstm', 'gru', 'rnn'] },
    pooling: ['last', 'mean'],
  },
  train: {
    lr: { type: 'float', low: 1e-4, high: 1e-2, log: true },
    betas: [{ type: 'float', low: 0.8, high: 0.9, step: 0.05 }, 0.999],
    epochs: { type: 'int', low: 3, high: 9, step: 3, when: { 'data.split': ['random', 'stratified'] } },
    schedule: { type: 'plateau', factor: 0.5 },
  },
};

test('ranges become parameters by their path; what depends on others comes after them', () => {
  const space = parseSpace(config);
  assert.deepEqual(
    space.params.map(({ name }) => name),
    ['model.type', 'train.lr', 'train.betas.0', 'train.epochs', 'model.nonlinearity'],
  );
  assert.deepEqual(spaceDistributions(space).get('train.epochs'), {
    type: 'int',
    low: 3,
    high: 9,
    log: false,
    step: 3,
  });
});

test('each trial has a whole configuration, with a conditional key only where its condition holds', async () => {
  const space = parseSpace(config);
  const study = await createStudy({ sampler: samplers.create({ type: 'random' }, { seed: 3 }) });
  const seen = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const trial = await study.ask();
    const made = suggestFromSpace(trial, space) as typeof config;
    const { model, train, data } = made as unknown as {
      model: { type: string; nonlinearity?: string; pooling: unknown };
      train: { lr: number; betas: number[]; epochs: number; schedule: unknown };
      data: unknown;
    };
    assert.equal(model.nonlinearity !== undefined, model.type === 'rnn');
    assert.equal('nonlinearity' in model, model.type === 'rnn');
    assert.deepEqual(
      [data, model.pooling, train.schedule],
      [config.data, config.model.pooling, config.train.schedule],
    );
    assert.ok(train.lr >= 1e-4 && train.lr <= 1e-2);
    assert.ok([3, 6, 9].includes(train.epochs));
    assert.equal(train.betas[1], 0.999);
    const told = await study.tell(trial, 0);
    assert.equal(told.internalParams.size, model.type === 'rnn' ? 5 : 4);
    assert.deepEqual(configOf(space, trial.params), made);
    seen.add(model.type);
  }
  assert.equal(seen.size, 3);
});

test('a small space is used up before it repeats itself', async () => {
  const space = parseSpace({
    a: { type: 'categorical', choices: [1, 2] },
    b: { type: 'categorical', choices: ['x', 'y', 'z'], when: { a: 2 } },
  });
  const study = await createStudy({
    sampler: samplers.create({ type: 'random' }, { seed: 0 }),
    redraws: 100,
  });
  const seen = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const trial = await study.ask();
    seen.add(JSON.stringify(suggestFromSpace(trial, space)));
    await study.tell(trial, 0);
  }
  assert.equal(seen.size, 4);
});

test('what is no range is said with its key', () => {
  const refuse = (range: unknown, message: RegExp) => {
    assert.throws(
      () => parseSpace({ train: { lr: range, model: 'x' } }),
      (error) => error instanceof ConfigError && error.key === 'train.lr' && message.test(error.message),
      String(message),
    );
  };
  refuse({ type: 'float', low: 2, high: 1 }, /low must be at most high, but got low 2 and high 1/);
  refuse({ type: 'float', low: 0, high: 1, log: true }, /above 0 with log/);
  refuse({ type: 'int', low: 0.5, high: 1 }, /integer/);
  refuse({ type: 'floot', low: 0, high: 1 }, /one of float, int, categorical, but got "floot"/);
  refuse({ low: 0, high: 1 }, /one of float, int, categorical/);
  refuse({ type: 'float', low: 0, higgh: 1 }, /Did you mean "high"/);
  refuse({ low: 0, high: 1 }, /type must be one of float, int, categorical, but got none. Add type: float/);
  refuse({ type: 'flaot', low: 0, high: 1 }, /but got "flaot". Did you mean "float"/);
  refuse({ type: 'float', low: 0 }, /high must be a number, but got none/);
  refuse({ type: 'float', low: '0', high: 1 }, /low must be a number, but got "0"/);
  refuse({ type: 'float', low: 0, high: 1, log: 'yes' }, /true or false/);
  refuse({ type: 'categorical', choices: 'a' }, /must be a list/);
  refuse({ type: 'categorical', choices: [] }, /at least one/);
  refuse({ type: 'categorical', choices: [['last']] }, /last\+mean/);
  refuse({ type: 'categorical', choices: ['a', 'a'] }, /twice/);
  refuse({ type: 'float', low: 0, high: 1, when: 'x' }, /when must name/);
  refuse(
    { type: 'float', low: 0, high: 1, when: { 'train.modell': 'x' } },
    /must name a key of the same file/,
  );
  refuse({ type: 'float', low: 0, high: 1, when: { 'train.lr': 1 } }, /lead back to itself/);
  assert.throws(
    () =>
      parseSpace({
        a: { type: 'categorical', choices: ['x', 'y'] },
        b: { type: 'int', low: 1, high: 2, when: { a: 'z' } },
      }),
    /values that a can have, but got "z"/,
  );
  assert.deepEqual(parseSpace({ train: { schedule: { type: 'plateau' } } }).params, []);
});
