/** The linear classifier beside scikit-learn's: accuracy on the same split, time of training, short documents a second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { append } from '../src/core/lists.ts';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { compare } from './support/compare.ts';
import type { Contestant } from './support/contestant.ts';
import { NO_SKLEARN, startOurs, startSklearn } from './support/contestants.ts';
import { readLinearData, shortTexts, writeLinearData } from './support/linear-data.ts';
import type { LinearSpec } from './support/protocol.ts';
import { sources } from './support/sources.ts';
import { round } from './support/statistics.ts';

/** The time that the project allows itself, as a multiple of scikit-learn's. */
const BAR = 2;

const NAMES: readonly string[] = ['BBC', 'spam', 'tickets', 'kinds'];

const works: readonly { readonly name: string; readonly work: LinearSpec['work'] }[] = [
  { name: 'fit with C = 1', work: 'fit' },
  { name: 'fit, C chosen', work: 'choose' },
  { name: 'short documents with 20 words', work: 'predict' },
];

/** A contestant whose checks are heard. */
function listening(contestant: Contestant, hear: (accuracy: number) => void): Contestant {
  const ask = async (...[request, timeout]: Parameters<Contestant['ask']>) => {
    const reply = await contestant.ask(request, timeout);
    if ('variants' in reply) hear(Object.values(reply.variants)[0][0]);
    return reply;
  };
  return { ...contestant, ask: ask as Contestant['ask'] };
}

async function measureSource(
  { name, data: source }: { readonly name: string; readonly data: string },
  [ours, peer]: readonly [Contestant, Contestant | undefined],
  options: BenchOptions,
): Promise<BenchCase[]> {
  const wanted = works.map((one) => ({ ...one, case: `${name}: ${one.name}` })).filter((one) => one.case.includes(options.only)); // prettier-ignore
  if (wanted.length === 0) return [];
  const data = await writeLinearData(source);
  const { train, test } = readLinearData(data.path);
  const documents = shortTexts([...train.texts, ...test.texts]).length;
  const results: BenchCase[] = [];
  try {
    for (const { case: title, work } of wanted) {
      const accuracy: Partial<Record<'ours' | 'peer', number>> = {};
      const measured = await compare(
        listening(ours, (heard) => (accuracy.ours = heard)),
        peer && listening(peer, (heard) => (accuracy.peer = heard)),
        {
          case: title,
          spec: { kind: 'linear', data: data.path, work },
          threads: 1,
          bar: BAR,
          tolerance: Infinity,
        },
        { rounds: options.rounds ?? 5, say: options.say },
      );
      const perSecond = (ms: number | null) => (ms === null ? undefined : round((1000 * documents) / ms));
      const [own, theirs] = [perSecond(measured.ours_ms), perSecond(measured.peer_ms)];
      results.push({
        ...measured,
        ...(work === 'predict' && own !== undefined && { ours_per_second: own }),
        ...(work === 'predict' && theirs !== undefined && { peer_per_second: theirs }),
        ...(work !== 'predict' && accuracy.ours !== undefined && { test_accuracy: round(accuracy.ours) }),
        ...(work !== 'predict' &&
          accuracy.peer !== undefined && { peer_test_accuracy: round(accuracy.peer) }),
        ...(options.peers && !peer && { note: NO_SKLEARN }),
      });
    }
  } finally {
    data.remove();
  }
  return results;
}

/** Accuracy and time of the linear classifier beside scikit-learn. */
export const linear: Bench = {
  name: 'linear',
  claim:
    'The linear classifier is as accurate as the same one of scikit-learn, and takes at most twice its time to train.',
  method:
    'TF-IDF of one and two words with sublinear counts and a linear SVM, beside `TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))` and `LinearSVC`: ' +
    'a step is a whole fit from texts, with C = 1 or with C chosen among four on five folds of the training part (`GridSearchCV` on features made once). ' +
    'Our fit with C = 1 also has folds, for its temperature; LinearSVC gives no probabilities. ' +
    'Short documents: the first 20 words of 2,000 documents, from text to probabilities here and to classes there. Seed 0, the default split, one thread.',
  async run(options) {
    const ours = await startOurs(1);
    const peer = await startSklearn(options);
    const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
    const results: BenchCase[] = [];
    try {
      for (const { name, make } of sources.filter((one) => NAMES.includes(one.name))) {
        const made = make(folder);
        if ('reason' in made) options.say(`${name} is left out: ${made.reason}`);
        else append(results, await measureSource({ name, ...made }, [ours, peer], options));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await ours.close();
      await peer?.close();
    }
    return results;
  },
};
