/** A small labelled data set and a small network, for runs of a second or two. */
import { createRng } from '../../src/core/rng.ts';

const words = {
  sport: ['ball', 'goal', 'team', 'match', 'coach', 'league'],
  money: ['bank', 'stock', 'price', 'market', 'trade', 'share'],
  music: ['song', 'band', 'drum', 'album', 'guitar', 'stage'],
};
const common = ['the', 'a', 'of', 'in', 'said', 'new', 'today', 'people'];

/** Documents of three classes that are easy to tell apart: `text`, `label`. */
export function tinyRows(documents = 90): { readonly text: string; readonly label: string }[] {
  const rng = createRng(7);
  const labels = Object.keys(words) as (keyof typeof words)[];
  return Array.from({ length: documents }, (_, n) => {
    const label = labels[n % labels.length];
    const length = 4 + rng.int(9);
    const text = Array.from({ length }, (_, k) => {
      const list = k % 3 === 0 ? words[label] : common;
      return list[rng.int(list.length)];
    });
    return { text: `${text.join(' ')}, no ${n}`, label };
  });
}

/** The same as CSV with a header. */
export function tinyCsv(documents?: number): string {
  const rows = tinyRows(documents).map(({ text, label }) => `"${text}",${label}\n`);
  return `text,label\n${rows.join('')}`;
}

/** Options of a network that trains on it in less than a second; its figures have tests of their own. */
export const tinyModel = [
  ...[
    '--model.embedding_dim',
    '8',
    '--model.hidden_size',
    '8',
    '--train.batch_size',
    '8',
    '--train.lr',
    '0.02',
  ],
  ...['--train.epochs', '4', '--train.threads', '1', '--evaluate.bootstrap_samples', '50'],
  ...['--evaluate.figures', 'false'],
  // so small a network, and so short a training, needs nothing against overfitting
  ...['--text.min_count', '1', '--model.dropout', '0.3', '--model.embedding_dropout', '0'],
  ...['--model.word_dropout', '0', '--model.embedding_std', '1'],
  ...['--train.optimizer', 'adam', '--train.schedule', 'plateau', '--train.label_smoothing', '0'],
  ...['--train.keep', 'best'],
  // a second training has tests of its own, and takes as long as the first
  ...['--train.refit', 'false'],
];
