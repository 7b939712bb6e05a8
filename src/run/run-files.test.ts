import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { anyString } from '../../test/support/strings.ts';
import { cannotMount, withDisk, withFolder } from '../../test/support/disks.ts';
import { evaluatePredictions } from '../evaluate/index.ts';
import {
  describeMachine,
  describeVersions,
  readDescription,
  writeDescription,
  type NewDescription,
} from './description.ts';
import { toJson } from './json-file.ts';
import { appendMetrics, keepMetricsUpTo, readMetrics } from './metrics-file.ts';
import { predictionLines, writePredictions, type PredictionRows } from './predictions-file.ts';
import { readSplits, writeSplits } from './splits-file.ts';
import { readTestResults, writeTestResults } from './test-file.ts';

const read = (path: string) => fs.readFileSync(path, 'utf8');

describe('metrics.jsonl', () => {
  const line = (epoch: number) => ({ epoch, train_loss: 1 / epoch, val_loss: 0.1 + 0.2 });

  it('has a line a record; a torn last line is left out', () => {
    withFolder((folder) => {
      const path = join(folder, 'metrics.jsonl');
      assert.deepEqual(readMetrics(path), []);
      for (const epoch of [1, 2]) appendMetrics(path, line(epoch));
      assert.equal(read(path), `${JSON.stringify(line(1))}\n${JSON.stringify(line(2))}\n`);
      fs.appendFileSync(path, '{"epoch":3,"tra');
      assert.deepEqual(readMetrics(path), [line(1), line(2)]);
      fs.writeFileSync(path, '{"epoch":1}\n{"epo\n{"epoch":3}\n');
      assert.throws(() => readMetrics(path), {
        name: 'CorruptFileError',
        message: /metrics\.jsonl:2\] each line must/,
      });
      fs.writeFileSync(path, '[1]\n');
      assert.throws(() => readMetrics(path), { name: 'CorruptFileError' });
    });
  });

  it('is the same file whether or not the run was killed, at whatever byte', () => {
    withFolder((folder) => {
      const whole = join(folder, 'whole');
      for (let epoch = 1; epoch <= 5; epoch++) appendMetrics(whole, line(epoch));
      appendMetrics(whole, { test_accuracy: 0.9 });
      const bytes = fs.readFileSync(whole);
      const path = join(folder, 'metrics.jsonl');
      for (let cut = 0; cut <= bytes.length; cut += 3) {
        fs.writeFileSync(path, bytes.subarray(0, cut));
        const epochs = readMetrics(path).filter(({ epoch }) => epoch !== undefined).length;
        // the checkpoint may be older than the last line
        const checkpoint = Math.max(0, epochs - (cut % 2));
        keepMetricsUpTo(path, checkpoint);
        for (let epoch = checkpoint + 1; epoch <= 5; epoch++) appendMetrics(path, line(epoch));
        appendMetrics(path, { test_accuracy: 0.9 });
        assert.equal(read(path), read(whole), `cut at ${cut}`);
      }
      keepMetricsUpTo(join(folder, 'none'), 3);
      assert.ok(!fs.existsSync(join(folder, 'none')));
    });
  });

  it('keeps whole lines when the disk is really full', { skip: cannotMount }, () => {
    withDisk(8, (folder) => {
      const path = join(folder, 'metrics.jsonl');
      appendMetrics(path, line(1));
      const write = () => {
        for (let epoch = 2; epoch < 1000; epoch++) appendMetrics(path, line(epoch));
      };
      assert.throws(write, { name: 'FileError', message: /cannot append to the metrics: the disk is full/ });
      assert.ok(read(path).endsWith('}\n'));
      assert.ok(readMetrics(path).length > 10);
    });
  });
});

const description: NewDescription = {
  command: ['train', 'spam', '--train.lr', '0.01'],
  status: 'running',
  started: '2026-01-02T03:04:05.678Z',
  versions: describeVersions('0.1.0'),
  machine: describeMachine(),
  kernel: 'wasm narrow',
  fused: true,
  threads: 2,
  seed: 0,
  data: { name: 'spam', source: 'spam', hash: 'ab', documents: 3302 },
};

describe('description.json', () => {
  it('comes back, names versions and machine, and nobody', () => {
    withFolder((folder) => {
      const path = join(folder, 'description.json');
      const { fused: _unknown, ...older } = description;
      writeDescription(path, older);
      assert.equal(readDescription(path).fused, undefined, 'older runs do not say');
      writeDescription(path, description);
      writeDescription(path, { ...description, status: 'finished', finished: '2026-01-02T03:05:05.678Z' });
      const { format, version, ...rest } = readDescription(path);
      assert.deepEqual([format, version], ['unroll.run', 1]);
      assert.deepEqual(rest, {
        ...description,
        status: 'finished',
        finished: '2026-01-02T03:05:05.678Z',
        resumed: [],
      });
      assert.equal(rest.versions['node'], process.versions.node);
      assert.ok(rest.machine.cores >= 1 && rest.machine.memory_gib > 0);
    });
  });

  it('is refused where it is missing, torn, of another kind, or of a later version', () => {
    withFolder((folder) => {
      const path = join(folder, 'description.json');
      assert.throws(() => readDescription(path), { name: 'FileError', message: /there is no such file/ });
      writeDescription(path, description);
      const text = read(path);
      const cases: [string, string, RegExp][] = [
        [text.slice(0, 100), 'CorruptFileError', /must be JSON/],
        ['{}', 'CorruptFileError', /format must be "unroll.run", but got nothing/],
        ['null', 'CorruptFileError', /but got nothing/],
        [text.replace('"version": 1', '"version": 2'), 'UnsupportedError', /later Unroll/],
        [
          text.replace('"running"', '"flying"'),
          'CorruptFileError',
          /\] status must be as Unroll writes it, but got "flying": .*changed: restore it from a copy\.$/,
        ],
        [
          text.replace(/"started": "2/, '"started": "x'),
          'CorruptFileError',
          /\] started must be as Unroll writes it, but got "x.*": invalid ISO datetime\. The file was changed/,
        ],
        [text.replace('"machine"', '"macHine"'), 'CorruptFileError', /\] machine must .*, but got nothing: /],
      ];
      for (const [content, name, message] of cases) {
        fs.writeFileSync(path, content);
        assert.throws(() => readDescription(path), { name, message });
      }
    });
  });
});

it('splits.json gives back the row ids', () => {
  withFolder((folder) => {
    const path = join(folder, 'splits.json');
    const splits = { train: Int32Array.of(0, 2, 5), val: Int32Array.of(1), test: new Int32Array(0) };
    writeSplits(path, splits, { dataHash: 'ab12' });
    assert.deepEqual(readSplits(path), { ...splits, dataHash: 'ab12' });
    assert.match(read(path), /^ {2}"train": \[0, 2, 5\],$/m);
    fs.writeFileSync(path, read(path).replace('[1]', '[-1]'));
    assert.throws(() => readSplits(path), { name: 'CorruptFileError', message: /val\.0/ });
  });
});

it('test.json has the keys that others read, and comes back', () => {
  withFolder((folder) => {
    const path = join(folder, 'test.json');
    const evaluation = evaluatePredictions({
      labels: Int32Array.of(0, 1, 1),
      probabilities: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.125, 0.875),
      labelNames: ['ham', 'spam'],
    });
    writeTestResults(path, evaluation);
    const json = JSON.parse(read(path)) as Record<string, unknown>;
    assert.equal(json['accuracy'], 2 / 3);
    assert.equal(json['macro_f1'], evaluation.macro_f1);
    assert.equal(json['loss'], evaluation.log_loss);
    assert.deepEqual(json['accuracy_ci95'], evaluation.accuracy_ci95);
    assert.deepEqual(readTestResults(path), { ...evaluation, loss: evaluation.log_loss });
    assert.match(read(path), /^ {4}\[1, 0\],\n {4}\[1, 1\]$/m);
  });
});

it('toJson is JSON for any value, whatever its strings look like', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      assert.equal(JSON.stringify(JSON.parse(toJson(value))), JSON.stringify(value)),
    ),
  );
  const tricky = { 'a[ 1, 2 ]': '[ 1,\n 2 ]', none: undefined, x: [NaN], y: [], z: {} };
  assert.equal(JSON.stringify(JSON.parse(toJson(tricky))), JSON.stringify(tricky));
});

describe('predictions.csv', () => {
  const rows: PredictionRows = {
    rowIds: Int32Array.of(7, 9),
    labels: Int32Array.of(0, 1),
    probabilities: Float32Array.of(0.1, 0.9, 0.25, 0.75),
    labelNames: ['a, "b"\r\nc', '=1+1'],
  };

  it('is RFC 4180, with the scores of every class', () => {
    assert.equal(
      [...predictionLines(rows)].join(''),
      'row_id,label,predicted,score,"score_a, ""b""\r\nc",score_=1+1\r\n' +
        '7,"a, ""b""\r\nc",=1+1,0.9,0.1,0.9\r\n' +
        '9,=1+1,=1+1,0.75,0.25,0.75\r\n',
    );
    const { labels: _, ...unlabelled } = rows;
    assert.equal([...predictionLines(unlabelled)][2], '9,=1+1,0.75,0.25,0.75\r\n');
  });

  it('is read back by a CSV parser, whatever the class names', () => {
    const names = fc.array(anyString(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, (labelNames) => {
        const classes = labelNames.length;
        const probabilities = new Float64Array(classes).fill(0.001);
        probabilities[classes - 1] = 1 / 3;
        const labels = Int32Array.of(0);
        const text = [
          ...predictionLines({ rowIds: Int32Array.of(3), labels, probabilities, labelNames }),
        ].join('');
        const [head, row] = parseCsv(text, { record_delimiter: '\r\n' });
        assert.deepEqual(
          head.slice(4),
          labelNames.map((name) => `score_${name}`),
        );
        assert.deepEqual(row.slice(0, 4), ['3', labelNames[0], labelNames[classes - 1], '0.333333']);
      }),
    );
  });

  it('can be made harmless for spreadsheets', () => {
    const lines = [
      ...predictionLines({ ...rows, labelNames: ['@SUM(A1)', '=1+1'] }, { escape_formulas: true }),
    ];
    assert.equal(lines[1], "7,'@SUM(A1),'=1+1,0.9,0.1,0.9\r\n");
  });

  it('is written within bounded memory', () => {
    withFolder((folder) => {
      const path = join(folder, 'predictions.csv');
      const count = 100_000;
      const big = {
        rowIds: Int32Array.from({ length: count }, (_, i) => i),
        probabilities: new Float32Array(count * 2).fill(0.5),
        labelNames: ['a', 'b'],
      };
      writePredictions(path, big);
      assert.equal(
        fs.statSync(path).size,
        [...predictionLines(big)].reduce((size, line) => size + line.length, 0),
      );
    });
  });
});

it('writing stays possible with a file of the name there, and impossible where the system forbids it', (t) => {
  withFolder((folder) => {
    const path = join(folder, 'metrics.jsonl');
    appendMetrics(path, { epoch: 1 });
    try {
      execFileSync('chattr', ['+i', path], { stdio: 'ignore' });
    } catch {
      t.skip('marking a file immutable needs root and a file system that can');
      return;
    }
    try {
      assert.throws(() => appendMetrics(path, { epoch: 2 }), {
        name: 'FileError',
        message: /does not permit/,
      });
    } finally {
      execFileSync('chattr', ['-i', path]);
    }
  });
});
