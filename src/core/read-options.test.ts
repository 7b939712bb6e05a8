/** Values read by their options: types, defaults, messages, and the same verdict as the zod schema of configs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { knownDatasets } from '../data/known/index.ts';
import { readAsOption } from '../data/read-as-option.ts';
import { readers } from '../data/readers/index.ts';
import { modelOptions } from '../models/options.ts';
import { layers } from '../nn/layers/index.ts';
import { losses } from '../nn/losses/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { poolings } from '../nn/pooling/index.ts';
import { schedules } from '../nn/schedules/index.ts';
import { textOptions } from '../text/options.ts';
import { tokenizers } from '../text/tokenizers/index.ts';
import { pruners } from '../tune/pruners/index.ts';
import { samplers } from '../tune/samplers/index.ts';
import { memberOf } from './family.ts';
import {
  boolean,
  choice,
  completed,
  either,
  integer,
  list,
  map,
  number,
  object,
  type Option,
  optional,
  text,
  tuple,
} from './options.ts';
import { parseOption, problemAt, readOption } from './read-options.ts';
import { schemaOf } from './schema.ts';

const families = { knownDatasets, layers, losses, optimizers, poolings, pruners, readers, samplers, schedules, tokenizers }; // prettier-ignore

/** Every option that the library has, by a name for messages. */
const all: readonly (readonly [string, Option])[] = [
  ['text', textOptions],
  ['model', modelOptions],
  ['read_as', readAsOption],
  ...Object.entries(families).map(([name, family]) => [name, memberOf(family)] as const),
];

/** The option, and all options within it. */
function within(option: Option): readonly Option[] {
  if (option.kind === 'object') return [option, ...Object.values(option.of).flatMap(within)];
  if (option.kind === 'list' || option.kind === 'map') return [option, ...within(option.of)];
  if (option.kind === 'either' || option.kind === 'tuple') return [option, ...option.of.flatMap(within)];
  if (option.kind !== 'member') return [option];
  const { names, get } = option.of;
  return [option, ...names.flatMap((name) => Object.values(get(name).options).flatMap(within))];
}

/** Values that the option may take or nearly so, as well as any others. */
function given(option: Option, depth = 3): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('__proto__')),
    fc.constantFrom<unknown>(undefined, null, NaN, Infinity, -0, 2 ** 53, 'auto', 'last+max', [], {}),
  );
  return depth === 0 ? other : fc.oneof({ weight: 5, arbitrary: meant(option, depth - 1) }, { weight: 1, arbitrary: other }); // prettier-ignore
}

function meant(option: Option, depth: number): fc.Arbitrary<unknown> {
  switch (option.kind) {
    case 'number':
    case 'integer': {
      const { min = 0, above = 0, max = 2, below = 2 } = option;
      const at = [min, above, max, below];
      return fc.oneof(
        fc.constantFrom(...at, ...at.map((n) => n - 1), ...at.map((n) => n + 0.5)),
        fc.double(),
      );
    }
    case 'boolean':
      return fc.boolean();
    case 'text':
      return fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom(...poolings.names));
    case 'choice':
      return fc.constantFrom(...option.words);
    case 'list':
      return fc.array(given(option.of, depth), { maxLength: 3 });
    case 'tuple':
      return fc.tuple(...option.of.map((one) => given(one, depth)));
    case 'map':
      return fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), given(option.of, depth));
    case 'object':
      return record(option.of, depth);
    case 'either':
      return fc.oneof(...option.of.map((one) => given(one, depth)));
    case 'member': {
      const { names, get } = option.of;
      return fc
        .constantFrom(...names)
        .chain((type) => record(get(type).options, depth).map((options) => ({ ...options, type })));
    }
    default:
      return fc.constant(null);
  }
}

const record = (of: Readonly<Record<string, Option>>, depth: number) =>
  fc.record(
    {
      ...Object.fromEntries(Object.entries(of).map(([key, option]) => [key, given(option, depth)])),
      unknown_key: fc.constant(1),
    },
    { requiredKeys: [] },
  );

describe('every option takes what its zod schema takes, and completes it alike', () => {
  for (const [name, option] of all) {
    test(name, () => {
      let taken = 0;
      for (const one of within(option)) {
        const schema = schemaOf(one);
        assert.doesNotThrow(() => readOption(one, undefined));
        fc.assert(
          fc.property(given(one), (value) => {
            const [own, zod] = [readOption(one, value), schema.safeParse(value)];
            assert.equal(own.problem === undefined, zod.success, own.problem && problemAt(own.problem));
            if (!zod.success) return;
            taken++;
            assert.deepEqual(own.value, zod.data);
          }),
          { numRuns: 60 },
        );
      }
      assert.ok(taken > 0);
    });
  }
});

const messages: readonly (readonly [name: string, option: Option, value: unknown, message: string])[] = [
  ['a number', number(), '3', 'must be a number, but got "3".'],
  ['NaN', number(), NaN, 'must be a number, but got NaN.'],
  ['a whole number', integer(), 1.5, 'must be a whole number, but got 1.5.'],
  ['at least', number({ min: 2 }), 1, 'must be at least 2, but got 1.'],
  ['above', number({ above: 0 }), 0, 'must be above 0, but got 0.'],
  ['at most', number({ max: 2 }), 3, 'must be at most 2, but got 3.'],
  ['below', number({ below: 1 }), 1, 'must be below 1, but got 1.'],
  ['true or false', boolean(), null, 'must be true or false, but got null.'],
  ['text', text(), undefined, 'must be text, but got nothing.'],
  ['a longer text', text({ min: 1 }), '', 'must have a number of characters of at least 1, but got "".'],
  ['a word', choice(['max', 'mean']), 'maxx', 'must be one of max, mean, but got "maxx". Did you mean "max"?'],
  ['the one word', choice(['auto']), 3, 'must be auto, but got 3.'],
  ['a list', list(text()), 'a', 'must be a list, but got "a".'],
  ['in a list', list(text()), ['a', 1], '1 must be text, but got 1.'],
  ['a longer list', list(text(), { min: 1 }), [], 'must have a length of at least 1, but got [].'],
  ['in a tuple', tuple([number(), boolean()]), [1, 1], '1 must be true or false, but got 1.'],
  ['a tuple', tuple([number()]), [1, 2], 'must have a length of at most 1, but got [1,2].'],
  ['a map', map(text()), ['a'], 'must be a mapping of keys to values, but got ["a"].'],
  ['in a map', map(text()), { a: { b: 1 } }, 'a must be text, but got {"b":1}.'],
  ['either, neither kind', either([choice(['auto']), integer({ min: 1 })]), true, 'must be auto, or a whole number, but got true.'],
  ['either, out of range', either([choice(['auto']), integer({ min: 1 })]), 0, 'must be at least 1, but got 0.'],
  ['either, deeper', either([text(), list(integer())]), [1, 'a'], '1 must be a whole number, but got "a".'],
  ['an unknown key', object({ size: integer() }), { size: 1, sizes: 2 }, 'sizes is not a known key. Did you mean size?'],
  ['an unknown key like no other', object({ size: integer() }), { size: 1, colour: 2 }, 'colour is not a known key. Known keys: size.'],
  ['a key of every object', object({}), { constructor: 1 }, 'constructor is not a known key. Leave it out.'],
  ['no member', memberOf(poolings), { type: 'maxx' }, `type must be one of ${poolings.names.join(', ')}, but got "maxx". Did you mean "max"?`],
  ['of a member', memberOf(optimizers), { type: 'adam', betas: [0.9, 1] }, 'betas.1 must be below 1, but got 1.'],
  ['a function', number(), () => 1, 'must be a number, but got a function.'],
  ['long', text(), ['a'.repeat(100)], `must be text, but got ["${'a'.repeat(75)}....`],
]; // prettier-ignore

describe('a value that cannot be used: where it stands, what it must be, what came, the fix', () => {
  for (const [name, option, value, message] of messages) {
    test(name, () => {
      const { problem } = readOption(option, value);
      assert.equal(problem && problemAt(problem), message);
    });
  }
});

test('a mistake in the options of a model or of a text names the key', () => {
  const refused: readonly (readonly [option: Option, key: string, value: unknown, message: string])[] = [
    [textOptions, 'text', { max_length: 'long' }, '[text.max_length] must be a whole number, but got "long".'],
    [textOptions, 'text', { vocabulary_size: 2 }, '[text.vocabulary_size] must be at least 3, but got 2.'],
    [textOptions, 'text', { lowercase: 'yes' }, '[text.lowercase] must be true or false, but got "yes".'],
    [textOptions, 'text', { max_lenght: 9 }, '[text.max_lenght] is not a known key. Did you mean text.max_length?'],
    [modelOptions, 'model', { dropout: 1 }, '[model.dropout] must be below 1, but got 1.'],
    [modelOptions, 'model', { hiden_size: 9 }, '[model.hiden_size] is not a known key. Did you mean model.hidden_size?'],
    [modelOptions, 'model', [], '[model] must be a mapping of keys to values, but got [].'],
    [modelOptions, 'model', { type: 'scratch', dropout: 0.5 }, '[model.dropout] must be left out with model.type scratch, which does not know it, but got 0.5.'],
    [modelOptions, 'model', { pooling: 'last+maxx' }, `[model.pooling] must be one of ${poolings.names.join(', ')}, but got "last+maxx".`],
    [modelOptions, 'model', { pooling: ['last', 'maxx'] }, `[model.pooling.1] must be one of ${poolings.names.join(', ')}, but got "maxx". Did you mean "max"?`],
    [modelOptions, 'model', { pooling: [] }, '[model.pooling] must name at least one pooling, but got [].'],
  ]; // prettier-ignore
  for (const [option, key, value, message] of refused)
    assert.throws(() => parseOption(option, value, key), { name: 'ConfigError', message });
});

test('defaults, null, and what may be left out', () => {
  const options = object({
    size: integer({ default: 3 }),
    limit: number({ nullable: true, default: null }),
    label: optional(text()),
  });
  assert.deepEqual(readOption(options, {}).value, { size: 3, limit: null });
  assert.deepEqual(readOption(options, { size: undefined, limit: 2, label: 'a' }).value, {
    size: 3,
    limit: 2,
    label: 'a',
  });
  assert.deepEqual(readOption(object({}, { unknown: 'drop' }), { a: 1 }).value, {});
  assert.deepEqual(readOption(object({}, { unknown: 'keep' }), { a: 1 }).value, { a: 1 });
});

test('a completed value, or the first refusal', () => {
  const even = completed(list(integer(), { default: [2] }), (numbers, refuse): number => {
    const odd = numbers.findIndex((n) => n % 2 !== 0);
    if (odd >= 0) refuse('must be even', [odd]);
    return numbers.length;
  });
  assert.equal(readOption(even, undefined).value, 1);
  assert.equal(readOption(even, [2, 4]).value, 2);
  const { problem } = readOption(object({ even }), { even: [2, 3, 5] });
  assert.equal(problem && problemAt(problem), 'even.1 must be even, but got 3.');
});
