import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { LONG_FILE, ROOMS } from './scripts/house.ts';

/** Code that must run unchanged in a browser. */
const browserFiles = [
  ...ROOMS.filter((room) => room.runs === 'browser').map((room) => `src/${room.name}/**/*.ts`),
  'studio/**/*.ts',
];
const nodeOnlyFiles = ROOMS.flatMap((room) =>
  (room.nodeOnly ?? []).map((path) => `src/${room.name}/${path}`),
).flatMap((path) => (path.endsWith('.ts') ? [path] : [`${path}/**/*.ts`]));
const tests = ['**/*.test.ts', 'test/**/*.ts'];
/** Rooms whose arithmetic ends up in weights or splits, which must have the same bits in every engine. */
const sameBits = ['core', 'text', 'data', 'engine', 'nn', 'models', 'vectors', 'train'].map(
  (name) => `src/${name}/**/*.ts`,
);

const clocksAndChance = [
  { object: 'Math', property: 'random', message: 'Take an Rng (src/core/rng.ts).' },
  { object: 'Date', property: 'now', message: 'Take the time as an argument.' },
  { object: 'performance', property: 'now', message: 'Take the time as an argument.' },
];
const engineDependent = [
  'exp',
  'expm1',
  'log',
  'log1p',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
  'tanh',
  'sinh',
  'cosh',
  'atan',
  'pow',
  'cbrt',
  'hypot',
].map((property) => ({
  object: 'Math',
  property,
  message: 'Its bits differ between engines: use src/core/math.ts.',
}));

/** A call takes about 120,000 arguments at most: spreading a long list into one throws a RangeError. */
const longArguments = [
  {
    selector:
      'CallExpression[callee.object.name="Math"][callee.property.name=/^(max|min|hypot)$/] > SpreadElement',
    message: 'Too many arguments for a long list: use maxOf or minOf (src/core/lists.ts).',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(push|unshift|fromCharCode|fromCodePoint)$/] > SpreadElement[argument.type!="ArrayExpression"]',
    message: 'Too many arguments for a long list: use append (src/core/lists.ts) or a loop.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'build/',
      'runs/',
      'docs/api/',
      'kernels/',
      'src/engine/wasm/binaries.ts',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // streams of the AssemblyScript compiler say what they collected
      '@typescript-eslint/no-base-to-string': [
        'error',
        { ignoredTypeNames: ['OutputStream', 'MemoryStream', 'Error', 'RegExp', 'URL'] },
      ],
      // a function of an asynchronous interface may have nothing to wait for; async turns its throws into rejections
      '@typescript-eslint/require-await': 'off',
      // our objects are records of closures and classes use #private: nothing depends on how a function is called
      '@typescript-eslint/unbound-method': 'off',
      // numbers in messages are the rule here, not an accident
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // == null asks for null and undefined at once
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-properties': ['error', ...clocksAndChance],
      'no-var': 'error',
      'prefer-const': 'error',
      'max-lines': ['error', { max: LONG_FILE + 100, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: sameBits,
    ignores: tests,
    rules: { 'no-restricted-properties': ['error', ...clocksAndChance, ...engineDependent] },
  },
  {
    files: browserFiles,
    ignores: [...tests, ...nodeOnlyFiles],
    rules: {
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'global',
        'require',
        'setImmediate',
        '__dirname',
        '__filename',
      ],
    },
  },
  {
    files: [
      'src/cli/**/*.ts',
      'src/jobs/**/*.ts',
      'src/run/**/*.ts',
      'src/studio/**/*.ts',
      'studio/**/*.ts',
      'scripts/**/*.ts',
      'bench/**/*.ts',
      ...tests,
    ],
    // jobs and the command line have the clock, which jobs also take as an argument; scripts, benchmarks and tests have nothing to reproduce
    rules: { 'no-restricted-properties': ['error', clocksAndChance[0]] },
  },
  {
    files: ['src/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', ...longArguments] },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      'max-lines': 'off', // a table of cases may be long
      // what is not a string shows as it is in the message of a failure
      '@typescript-eslint/restrict-template-expressions': 'off',
      // tests pick parsed JSON apart; a wrong guess about its shape fails the test
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // plain JavaScript runs before TypeScript can be read
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
    // these start programs and wait for them: nothing to reproduce
    rules: { 'no-restricted-properties': 'off' },
  },
  // the tools that read these want a default export
  { files: ['eslint.config.js', 'scripts/reporter.ts'], rules: { 'no-restricted-exports': 'off' } },
);
