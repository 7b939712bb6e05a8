import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluatePredictions } from '../evaluate/index.ts';
import type { EpochRecord, History } from '../figures/sources.ts';
import {
  calibrationAnalysis,
  classAnalysis,
  confusionAnalysis,
  lossAnalysis,
  scheduleAnalysis,
} from './analysis.ts';

/** A history from validation losses: the lowest so far is best, drops where they are said to be. */
function history(losses: readonly number[], drops: readonly number[] = []): History {
  const epochs = losses.map((val_loss, i): EpochRecord => {
    const best = losses.slice(0, i).every((earlier) => val_loss < earlier);
    const train_loss = 1 / (i + 1);
    const rates = {
      lr: 0.01 * 0.5 ** drops.filter((drop) => drop <= i).length,
      lr_reduced: drops.includes(i + 1),
    };
    const accuracies = { train_accuracy: 0.9, val_accuracy: 0.8, val_macro_f1: 0.8 };
    return {
      epoch: i + 1,
      step: 10 * (i + 1),
      train_loss,
      val_loss,
      best,
      seconds: 1,
      ...rates,
      ...accuracies,
    };
  });
  const rest = { patience: 10, monitor: 'val_loss', schedule: 'plateau', val_documents: 100 } as const;
  return { epochs, ending: 'all-epochs', ...rest };
}

/** An evaluation with the given counts, each prediction with probability `score`. */
function evaluation(matrix: readonly (readonly number[])[], score = 0.9) {
  const pairs = matrix.flatMap((row, t) =>
    row.flatMap((count, p) => Array.from({ length: count }, () => [t, p])),
  );
  const classes = matrix.length;
  const probabilities = new Float64Array(pairs.length * classes).fill((1 - score) / (classes - 1));
  for (const [n, [, p]] of pairs.entries()) probabilities[n * classes + p] = score;
  const labelNames = ['A', 'B', 'C'].slice(0, classes);
  const labels = Int32Array.from(pairs, ([t]) => t);
  return evaluatePredictions({ labels, labelNames, probabilities }, { bootstrap_samples: 20 });
}

const said = (sentences: readonly string[]) => sentences.join(' ');

test('loss: the gap, overfitting, and a training that ended too early', () => {
  assert.match(
    said(lossAnalysis(history([0.9, 0.8, 1, 1.1, 1.2]))),
    /distance of 0\.3 at epoch 2.*fell by another 0\.3\d* while the validation loss rose by 0\.4: the model was overfitting\.$/,
  );
  for (const course of [
    [0.9, 0.8, 1.2],
    [0.9, 0.8, 0.81, 0.8, 0.82],
  ])
    assert.match(said(lossAnalysis(history(course))), /too little to tell overfitting from chance/);
  assert.match(said(lossAnalysis(history([1.2, 1, 0.8]))), /The last epoch was the best/);
  const rising = history([1.2, 1, 0.8]);
  const kept = rising.epochs.map((record) => ({ ...record, best: record.epoch === 3 }));
  assert.doesNotMatch(said(lossAnalysis({ ...rising, epochs: kept })), /was the best/);
  assert.doesNotMatch(said(lossAnalysis(history([0.9, 0.8, 1.1]))), /more epochs may help/);
  assert.match(said(lossAnalysis(history([0.5, 0.3]))), /was 0\.2 below the training loss.*with dropout/);
  assert.doesNotMatch(said(lossAnalysis(history([0.5, 0.3]), { dropout: false })), /dropout/);
  assert.deepEqual(lossAnalysis(history([])), []);
});

test('loss: phases of different losses are not compared', () => {
  const whole = history([0.2, 1.3, 1.2, 1.1]);
  const epochs = whole.epochs.map((record, i) => ({
    ...record,
    phase: i === 0 ? 1 : 2,
    phase_name: i === 0 ? 'mean squared error' : 'cross-entropy',
  }));
  assert.match(said(lossAnalysis(whole)), /while the validation loss rose/);
  assert.doesNotMatch(said(lossAnalysis({ ...whole, epochs })), /rose/);
});

test('schedule: whether a drop was followed by a lower loss than any before', () => {
  assert.match(
    said(scheduleAnalysis(history([1, 0.9, 0.95, 0.7], [3]))),
    /The drop was followed by .*after epoch 3: 0\.7.*kept epoch, 4, came after 1 drop\./,
  );
  assert.match(
    said(scheduleAnalysis(history([1, 0.9, 0.95, 0.92], [3]))),
    /The drop was not followed.*kept epoch, 2, came after 0 drops\./,
  );
  assert.match(
    said(scheduleAnalysis(history([1, 0.9, 0.95, 0.8, 0.85, 0.9], [3, 5]))),
    /^1 of the 2 drops was followed/,
  );
  assert.match(
    said(scheduleAnalysis(history([1, 0.9]))),
    /stalled long enough to lower the learning rate, so the schedule had no effect\.$/,
  );
});

test('confusions: their proportion of all errors, and both directions', () => {
  const both = evaluation([
    [40, 6, 0],
    [2, 40, 1],
    [1, 0, 40],
  ]);
  assert.match(
    said(confusionAnalysis(both)),
    /^10 documents were misclassified; the 3 most frequent confusions are 90 % .*A predicted as B, happened 6 times, the other way round 2 times\.$/,
  );
  const one = evaluation([
    [40, 6],
    [0, 40],
  ]);
  assert.match(
    said(confusionAnalysis(one)),
    /^All 6 errors are of this one kind\. .*no B document was predicted as A\.$/,
  );
  assert.equal(
    said(
      confusionAnalysis(
        evaluation([
          [9, 0],
          [0, 9],
        ]),
      ),
    ),
    'No test document was misclassified.',
  );
});

test('classes: a difference is called one only where the intervals are apart', () => {
  assert.match(
    said(
      classAnalysis(
        evaluation([
          [95, 5],
          [40, 60],
        ]),
      ),
    ),
    /between A and B is larger than its uncertainty/,
  );
  assert.match(
    said(
      classAnalysis(
        evaluation([
          [18, 2],
          [4, 16],
        ]),
      ),
    ),
    /With so few documents per class, the difference between A and B may be chance\. A and B have fewer than 30/,
  );
  assert.match(
    said(
      classAnalysis(
        evaluation([
          [9, 1],
          [1, 9],
        ]),
      ),
    ),
    /equally often: 90\.0 %/,
  );
});

test('calibration: overconfident, underconfident (and what smoothing has to do with it), or right', () => {
  assert.match(
    said(
      calibrationAnalysis(
        evaluation(
          [
            [70, 30],
            [30, 70],
          ],
          0.9,
        ),
        0.1,
      ),
    ),
    /of 90\.0 % on average and is correct in 70\.0 %: it is overconfident\.\s*$/,
  );
  assert.match(
    said(
      calibrationAnalysis(
        evaluation(
          [
            [95, 5],
            [5, 95],
          ],
          0.8,
        ),
        0.1,
      ),
    ),
    /it is underconfident\. .* a probability of 95\.0 % for the true class/,
  );
  assert.doesNotMatch(
    said(
      calibrationAnalysis(
        evaluation(
          [
            [95, 5],
            [5, 95],
          ],
          0.8,
        ),
        0,
      ),
    ),
    /smoothing/,
  );
  const few = [
    [4, 1],
    [0, 5],
  ];
  assert.match(
    said(calibrationAnalysis(evaluation(few, 0.8), 0.1)),
    /: with 10 documents, the difference may be chance\.$/,
  );
  assert.match(
    said(
      calibrationAnalysis(
        evaluation(
          [
            [90, 10],
            [10, 90],
          ],
          0.9,
        ),
        0,
      ),
    ),
    /on average the two agree/,
  );
  // scaled by temperature, label smoothing is no longer the cause
  const scaled = evaluation(
    [
      [95, 5],
      [5, 95],
    ],
    0.8,
  );
  const before_scaling = { ...scaled, temperature: 0.8, log_loss: 0.5, expected_calibration_error: 0.25 };
  const words = said(calibrationAnalysis({ ...scaled, before_scaling }, 0.1));
  assert.match(
    words,
    /it is underconfident\..* with T = 0\.8, .* from 25\.0 % to \d+\.\d % and the log loss from 0\.5 to /,
  );
  assert.doesNotMatch(words, /smoothing/);
});
