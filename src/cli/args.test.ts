import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configKeys } from '../config/keys.ts';
import { UsageError, parseCommandLine } from './args.ts';
import { commonOptions, defineCommand } from './command.ts';

const command = defineCommand({
  name: 'try',
  summary: 'For the test.',
  usage: 'DATA [MORE]',
  positionals: { min: 1, max: 2 },
  details: '',
  options: {
    output: { value: 'DIR', short: 'o', description: 'folder' },
    'fail-under': { value: 'METRIC=N', multiple: true, description: 'gate' },
    model: { value: 'TYPE', config: 'model.type', description: 'model' },
    'text-col': { value: 'NAME', config: 'data.text_col', multiple: true, description: 'columns' },
    'allow-leakage': { config: 'data.allow_leakage', description: 'allow' },
    resume: { description: 'go on' },
    ...commonOptions,
  },
  sections: ['data', 'model', 'train'],
  examples: [],
  run: async () => 0,
});

const keys = configKeys.filter(({ path }) => /^(data|model|train)\./.test(path));
const parse = (...args: string[]) => parseCommandLine(command, args, keys);
const pairs = (...args: string[]) => parse(...args).overrides.map(({ key, text }) => [key, text]);
const message = (...args: string[]) => {
  try {
    parse(...args);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  return assert.fail('was accepted');
};

test('where any text may stand, a dash at its start is explained', () => {
  const texts = {
    ...command,
    name: 'predict',
    usage: 'RUN [TEXT ...]',
    positionals: { min: 1, max: Infinity },
  };
  assert.throws(
    () => parseCommandLine(texts, ['run', '-1']),
    /has no option -1\..* A text that begins with a dash goes after --: unroll predict RUN -- "-1 \.\.\."/,
  );
  assert.deepEqual(parseCommandLine(texts, ['run', '--', '-1']).positionals, ['run', '-1']);
  assert.doesNotMatch(message('a', '-1'), / -- /);
});

test('names of other libraries lead to the option', () => {
  assert.match(message('a', '--learning-rate', '1'), /Did you mean --train\.lr\?/);
});

test('options, switches and positional arguments may stand in any order', () => {
  const { positionals, values } = parse(
    '-o',
    'out',
    'a.csv',
    '--resume',
    '-q',
    '-',
    '--fail-under',
    'x=1',
    '--fail-under=y=2',
  );
  assert.deepEqual(positionals, ['a.csv', '-']);
  assert.deepEqual(
    { ...values },
    {
      output: 'out',
      'fail-under': ['x=1', 'y=2'],
      'text-col': [],
      model: undefined,
      'allow-leakage': false,
      resume: true,
      json: false,
      quiet: true,
      help: false,
    },
  );
});

test('config keys are set in the order given, by = or by the next word', () => {
  assert.deepEqual(pairs('d', '--train.lr', '1e-3', '--train.lr=0.5', '--train.batch-size', '3'), [
    ['train.lr', '1e-3'],
    ['train.lr', '0.5'],
    ['train.batch_size', '3'],
  ]);
  assert.deepEqual(pairs('d', '--train.lr', '-1'), [['train.lr', '-1']]);
  assert.deepEqual(pairs('d', '--train.schedule.patience', '5', '--data.label_map.0', 'x'), [
    ['train.schedule.patience', '5'],
    ['data.label_map.0', 'x'],
  ]);
});

test('an option with two values is refused, unless its values add up; the last of keys written out counts', () => {
  assert.match(
    message('d', '--model', 'gru', '--model=lstm'),
    /--model must be given once, but got "gru" and "lstm"/,
  );
  assert.match(message('d', '-o', 'a', '--output', 'b'), /--output must be given once, but got "a" and "b"/);
  assert.equal(parse('d', '-o', 'a', '--output', 'a', '-q', '-q').values.output, 'a');
  assert.deepEqual(pairs('d', '--text-col', 'a,b'), [['data.text_col', 'a,b']]);
  assert.deepEqual(pairs('d', '--text-col', 'a', '--text-col', 'b,c'), [['data.text_col', '["a","b,c"]']]);
});

test('short forms set config keys', () => {
  assert.deepEqual(pairs('d', '--model', 'gru', '--allow-leakage'), [
    ['model.type', 'gru'],
    ['data.allow_leakage', 'true'],
  ]);
  assert.equal(parse('d', '--model', 'gru').overrides[0].option, '--model');
});

test('a key of true or false may stand alone and does not take a file for its value', () => {
  const alone = parse('--data.allow_leakage', 'a.csv');
  assert.deepEqual([alone.positionals, alone.overrides[0].text], [['a.csv'], 'true']);
  const given = parse('--data.allow_leakage', 'false', 'a.csv');
  assert.deepEqual([given.positionals, given.overrides[0].text], [['a.csv'], 'false']);
  assert.equal(parse('d', '--data.allow_leakage=false').overrides[0].text, 'false');
});

test('after -- everything is an argument', () => {
  assert.deepEqual(parse('--', '--resume', '-q').positionals, ['--resume', '-q']);
});

test('an unknown option names the nearest known one', () => {
  assert.match(message('d', '--ouput', 'x'), /unroll try has no option --ouput\. Did you mean --output\?/);
  assert.match(message('d', '--evaluate.confidence', '0.9'), /has no option --evaluate\.confidence/);
  assert.match(message('d', '--lr', '3'), /Did you mean --train\.lr\?/);
  assert.match(message('d', '--batch-size', '3'), /Did you mean --train\.batch_size\?/);
  assert.match(message('d', '-x'), /has no option -x/);
});

test('a missing value, a value too many and a wrong number of arguments are refused', () => {
  assert.match(message('d', '--output'), /--output must be followed by a value, but got nothing/);
  for (const empty of [['--output', ''], ['--output='], ['--train.lr', '']])
    assert.match(message('d', ...empty), /must be followed by a value, but got an empty one/);
  assert.match(
    message('d', '--output', '--resume'),
    /--output must be followed by a value, but got --resume/,
  );
  assert.match(message('d', '--resume=yes'), /--resume takes no value, but got "yes"/);
  assert.match(message(), /unroll try DATA \[MORE\] needs an argument, but got none/);
  assert.match(message('a', 'b', 'c'), /takes no more arguments, but got "c" too/);
  assert.doesNotThrow(() => parse('--help'));
});
