/** What a training of the linear model takes of memory, from a file of many short documents to a run folder. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRng } from '../../src/core/rng.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';

const DOCUMENTS = 120_000;
const CLASSES = ['business', 'sport', 'technology', 'world'];
const VOCABULARY = 60_000;
/** Peak of the resident memory, in GB: the project allows itself 1. */
const MOST = 1;

/** Documents of 20 to 40 invented words by Zipf's law, a third of which depend on the class. */
function shortDocuments(): string {
  const rng = createRng(5);
  const syllables = 'ka lo mi ten ra vos shi pel dor un ex qui ba ny tre gal'.split(' ');
  const word = () => Array.from({ length: 1 + rng.int(4) }, () => syllables[rng.int(16)]).join('');
  const words = Array.from({ length: VOCABULARY }, (_, n) => (n < 300 ? word() : `${word()}${word()}`));
  const zipf = () => Math.floor(VOCABULARY ** rng.float()) - 1;
  const lines = Array.from({ length: DOCUMENTS }, (_, n) => {
    const c = n % CLASSES.length;
    const own = (rank: number) => (rng.float() < 0.3 ? (rank * CLASSES.length + c) % VOCABULARY : rank);
    return `${Array.from({ length: 20 + rng.int(21) }, () => words[own(zipf())]).join(' ')},${CLASSES[c]}\n`;
  });
  return `text,label\n${lines.join('')}`;
}

test('120,000 short documents take less than 1 GB, with n-grams of words and of characters', () => {
  const folder = temporaryFolder();
  const path = writeFiles(folder, { 'short.csv': shortDocuments() });
  const jobs = new URL('../../src/jobs/index.ts', import.meta.url).href;
  const request = {
    source: path('short.csv'),
    config: { model: { type: 'linear', char_ngrams: [2, 5], C: 1 } },
    output: join(folder, 'run'),
  };
  const program = `
    const { train } = await import(${JSON.stringify(jobs)});
    const { summary } = await train(${JSON.stringify(request)});
    console.log(JSON.stringify({ kibibytes: process.resourceUsage().maxRSS, accuracy: summary.test.accuracy }));`;
  const told = execFileSync(process.execPath, [...process.execArgv.filter((arg) => !arg.startsWith('--test')), '--input-type=module', '-e', program], { encoding: 'utf8' }); // prettier-ignore
  const { kibibytes, accuracy } = JSON.parse(told.trim().split('\n').at(-1) ?? '') as Record<string, number>;
  assert.ok(accuracy > 0.8, String(accuracy));
  const peak = (kibibytes * 1024) / 1e9;
  assert.ok(peak < MOST, `${peak} GB`);
});
