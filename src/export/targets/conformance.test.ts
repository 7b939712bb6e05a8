/** What every export target must do, with every kind of model; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ensembleFiles, networkFiles, tinyTexts, untrainedFiles } from '../../../test/support/classifiers.ts';
import { UnsupportedError } from '../../core/errors.ts';
import { load, type ModelFiles, type TextClassifier } from '../../classifier/index.ts';
import { models } from '../../models/family.ts';
import { openFiles } from '../int8.ts';
import type { Exported, ExportInput, ExportTarget } from '../target.ts';
import { exportTargetNames, exportTargetOf, exportTargets } from './index.ts';

/** A model under test; made in `before`. */
interface Case {
  readonly make: () => Promise<ModelFiles>;
  /** Files of the same kind with other parameters: an export must notice that they are not the model. */
  readonly other?: () => Promise<ModelFiles>;
}

const linear = () => untrainedFiles('linear');
const cases: Readonly<Record<string, Case>> = {
  // of each model the last of its types
  ...Object.fromEntries(
    models.map(({ types }) => [types.at(-1)!, { make: () => untrainedFiles(types.at(-1)!) }]),
  ),
  // the recurrent network, with all that a training may choose
  birnn: {
    make: () => networkFiles({ model: { type: 'birnn' }, thresholds: [0.6, 0.1, 0.3], temperature: 1.5 }),
    other: () => networkFiles({ model: { type: 'birnn' }, seed: 2 }),
  },
  linear: {
    make: linear,
    other: async () => {
      const files = await linear();
      return { ...files, config: { ...files.config, thresholds: [0.1, 0.5, 0.4] } };
    },
  },
  'network with character n-grams': { make: () => networkFiles({ model: { ngram_buckets: 50 } }) },
  'average of a network and a linear model': {
    make: async () => ensembleFiles([await networkFiles(), await linear()], [0.7, 0.3], 1.2),
  },
};

/** Programs that stand in for those that are bundled for pages. */
const programs = { page: () => Promise.resolve('/* page */'), module: () => Promise.resolve('/* module */') };
const texts = ['', 'zzz', ...tinyTexts.slice(0, 6).map(({ text }) => text)];

interface Made {
  readonly files: ModelFiles;
  readonly classifier: TextClassifier;
}
const made = new Map<string, Made>();
before(async () => {
  for (const [name, { make }] of Object.entries(cases)) {
    const files = await make();
    made.set(name, { files, classifier: await openFiles(files) });
  }
});
after(async () => {
  for (const { classifier } of made.values()) await classifier.close();
});

/** The model of a case with what an export needs beside it. */
function inputOf(name: string): ExportInput {
  const { files, classifier } = made.get(name)!;
  return { name: 'tiny', place: 'my-tiny', files, classifier, texts, programs };
}

/** What came of an export: files, or the error that refused it. */
async function outcome(target: ExportTarget, input: ExportInput): Promise<Exported | UnsupportedError> {
  try {
    return await target.export(input);
  } catch (error) {
    if (error instanceof UnsupportedError) return error;
    throw error;
  }
}

test('targets have names of their own, which are found, and a summary for the help', () => {
  assert.equal(new Set(exportTargetNames).size, exportTargets.length);
  for (const target of exportTargets) {
    assert.match(target.type, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    assert.equal(exportTargetOf(target.type), target);
    // the help puts a colon before it and a full stop behind it
    assert.match(target.summary, /^\S.{10,}[^\s.]$/);
    const { kind, ending } = target.output;
    assert.match(ending, kind === 'file' ? /^\.[a-z0-9]+$/ : /^-[a-z0-9-]+$/);
  }
  const endings = exportTargets.map(({ output }) => output.ending);
  assert.equal(new Set(endings).size, endings.length, 'no two targets write to the same place unasked');
});

for (const target of exportTargets) {
  describe(`--to ${target.type}`, () => {
    const outcomes = new Map<string, Exported | UnsupportedError>();

    for (const name of Object.keys(cases)) {
      test(`${name}: files that were read back, the same bytes each time; or a refusal with the fix`, async () => {
        const input = inputOf(name);
        const [exported, again] = [await outcome(target, input), await outcome(target, input)];
        outcomes.set(name, exported);
        if (exported instanceof Error) {
          // where, what must hold, what came; then what to do
          assert.match(exported.message, new RegExp(`^\\[export\\] --to ${target.type} takes .+, but .+\\. [A-Z].+\\.$`, 's')); // prettier-ignore
          assert.match(exported.message, /--to (?!\w+ takes)|--member|train|unroll /);
          assert.doesNotMatch(exported.message, /bug|undefined|\[object/);
          assert.equal((again as Error).message, exported.message);
          return;
        }
        assert.deepEqual(again, exported);
        checkFiles(target, exported);
        await checkContent(target, exported, input);
      });
    }

    for (const [name, { other }] of Object.entries(cases)) {
      if (!other) continue;
      test(`${name}: files that do not give the probabilities of the model are refused`, async (context) => {
        const input = inputOf(name);
        const exported = outcomes.get(name)!;
        if (exported instanceof Error) return context.skip('the target does not take this kind of model');
        if (!exported.check) return context.skip('nothing that it writes computes probabilities');
        const files = await other();
        await assert.rejects(target.export({ ...input, files }), {
          name: 'UnsupportedError',
          message: /must give the probabilities of the model.*, but they differ by/,
        });
      });
    }

    test('it takes a model of one kind at least', () => {
      assert.ok([...outcomes.values()].some((one) => !(one instanceof Error)));
    });
  });
}

/** Names, sizes and notices. */
function checkFiles({ output }: ExportTarget, { files, check, notices = [] }: Exported): void {
  assert.ok(files.size > 0);
  if (output.kind === 'file') assert.deepEqual([...files.keys()], [`tiny${output.ending}`]);
  for (const [name, content] of files) {
    assert.match(name, /^[\w-]+(?:\.[\w-]+)+$/, 'a plain name: no folder, nothing hidden');
    assert.ok(content.length > 0, name);
  }
  if (check) {
    assert.equal(check.texts, texts.length);
    assert.ok(check.largest >= 0 && check.largest <= 1e-5, String(check.largest));
  }
  for (const notice of notices) assert.match(notice, /^(?![A-Z][a-z]).+[^.\s]$/s);
}

/** Reads of what targets write that no loader of ours takes as a model. */
const readers: Readonly<Record<string, (files: Exported['files'], input: ExportInput) => void>> = {
  'fasttext-vec': (files) => {
    const [head, ...lines] = new TextDecoder().decode(files.get('tiny.vec')).trimEnd().split('\n');
    const [rows, dim] = head.split(' ').map(Number);
    assert.equal(lines.length, rows);
    for (const line of lines) {
      const [, ...numbers] = line.split(' ');
      assert.equal(numbers.length, dim);
      assert.ok(numbers.every((number) => Number.isFinite(Number(number))));
    }
  },
};

/** What was written is used as its reader would. */
async function checkContent(
  { type }: ExportTarget,
  { files, check }: Exported,
  input: ExportInput,
): Promise<void> {
  for (const [name, content] of files)
    if (name.endsWith('.json')) JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  const own = [...files.keys()].some((name) => name.endsWith('model.safetensors'));
  if (own) {
    const copy = await load(files);
    assert.deepEqual(copy.predictProba(texts), input.classifier.predictProba(texts));
    await copy.close();
  }
  assert.ok(check ?? type in readers, 'what a check does not cover needs a reader in this file');
  if (type in readers) readers[type](files, input);
}
