import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite, test } from 'node:test';
import { unrollHere } from '../../test/support/cli.ts';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { tinyCsv, tinyModel } from '../../test/support/tiny.ts';
import type { ClassifierEvent } from '../classifier/events.ts';
import { ConfigError, DataError, FileError, InterruptedError } from '../core/errors.ts';
import { readDataset } from '../data/read.ts';
import { parse } from 'yaml';
import { load, train } from './classify.ts';

const folder = temporaryFolder();
const at = writeFiles(folder, { 'tiny.csv': tinyCsv(60) });
/** What the file holds, as a program has it. */
const dataset = await readDataset(at('tiny.csv'));
const { texts } = dataset;
const labels = Array.from(dataset.labels, (label) => dataset.labelNames[label]);
/** `--train.epochs 2` as a section. */
const options = tinyModel.reduce<Record<string, Record<string, unknown>>>((sections, word, n) => {
  if (!word.startsWith('--')) return sections;
  const [section, key] = word.slice(2).split('.');
  const value = tinyModel[n + 1];
  return {
    ...sections,
    [section]: { ...sections[section], [key]: parse(value) as unknown },
  };
}, {});
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

suite('train and load in a program', () => {
  test('the same settings give the weights and the metrics of unroll train, from a file and from texts', async () => {
    const run = join(folder, 'run');
    const { code, stderr } = await unrollHere(['train', at('tiny.csv'), ...tinyModel, '-o', run, '--quiet']);
    assert.equal(code, 0, stderr);
    const wanted = sha(readFileSync(join(run, 'model/model.safetensors')));
    const { accuracy, log_loss } = JSON.parse(readFileSync(join(run, 'test.json'), 'utf8')) as Record<
      string,
      number
    >;
    for (const source of [at('tiny.csv'), { texts, labels }]) {
      const classifier = await train(source as string, options);
      assert.equal(sha(classifier.files().get('model.safetensors') ?? new Uint8Array()), wanted);
      assert.deepEqual(
        [classifier.evaluation.accuracy, classifier.evaluation.log_loss],
        [accuracy, log_loss],
      );
      await classifier.close();
    }
  });

  test('what is saved, and what its files are, predicts the same; so does a longer text than any before', async () => {
    const events: ClassifierEvent['type'][] = [];
    const classifier = await train(
      { texts, labels },
      { ...options, threads: 2, listener: ({ type }) => void events.push(type) },
    );
    assert.deepEqual(
      ['prepared', 'step', 'epoch', 'stop'].filter((type) => !events.includes(type as 'stop')),
      [],
    );
    const asked = ['a goal in the last minute', 'shares fell again', 'goal '.repeat(500)];
    const wanted = classifier.predictProba(asked);
    const model = join(folder, 'new', 'model');
    await classifier.save(model);
    const files = [...classifier.files()].map(
      ([name, bytes]) => new File([bytes], name, { type: 'application/octet-stream' }),
    );
    await classifier.close();
    for (const source of [model, pathToFileURL(model), classifier.files(), files]) {
      const again = await load(source);
      assert.deepEqual(again.predictProba(asked), wanted);
      assert.equal(again.predict(asked).length, 3);
      await again.close();
    }
    assert.throws(
      () => classifier.predict(asked),
      /\[predict\] the classifier must be open, but it was closed/,
    );
  });

  test('an argument of the wrong type is named', async () => {
    const wrong = (source: unknown, given?: unknown) => train(source as string, given as object);
    await assert.rejects(wrong(5), /\[train\] the documents must be \{ texts, labels \}, but got 5\./);
    await assert.rejects(
      wrong({ texts: 'a', labels }),
      /texts must be a list of texts, but got the text "a"\./,
    );
    await assert.rejects(wrong({ texts: ['a', 7], labels }), /texts\[1\] must be a text, but got 7\./);
    await assert.rejects(
      wrong({ texts, labels: [...labels.slice(1), null] }),
      /labels\[\d+\] .* but got null/,
    );
    await assert.rejects(wrong({ texts, labels: labels.slice(1) }), DataError);
    await assert.rejects(wrong({ texts, labels }, [5]), /the options must be an object .* but got a list/);
    await assert.rejects(wrong({ texts, labels }, { listener: 5 }), /listener must be a function, but got 5/);
    await assert.rejects(wrong({ texts, labels }, { signal: true }), /signal must be an AbortSignal/);
    await assert.rejects(load(5 as never), /the model must be an address, .* but got 5\./);
    await assert.rejects(load(join(folder, 'none')), FileError);
    await assert.rejects(wrong(at('none.csv')), /none\.csv/);
  });

  test('settings are checked as those of a config file', async () => {
    const bad = (sections: object) => train({ texts, labels }, sections);
    await assert.rejects(bad({ train: { epoch: 1 } }), {
      name: 'ConfigError',
      message: '[config] train.epoch is not a known key. Did you mean train.epochs? (the options of train)',
    });
    await assert.rejects(bad({ threads: 0 }), /train\.threads must .* but got 0\. \(threads\)/);
    await assert.rejects(bad({ modle: {} }), ConfigError);
  });

  test('an aborted signal ends training', async () => {
    const stop = new AbortController();
    const listener = ({ type }: ClassifierEvent) => {
      if (type === 'step') stop.abort();
    };
    await assert.rejects(
      train({ texts, labels }, { ...options, listener, signal: stop.signal }),
      (error) => error instanceof InterruptedError && /in epoch 1, after step 1/.test(error.message),
    );
  });

  test('without test documents there is no evaluation, and its error says why', async () => {
    const classifier = await train({ texts, labels }, { ...options, data: { fractions: [0.8, 0.2, 0] } });
    assert.throws(() => classifier.evaluation, /data\.fractions leaves none/);
    assert.equal(classifier.parts.test, 0);
    await classifier.close();
  });
});
