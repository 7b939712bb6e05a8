/**
 * A model file of fastText and the vectors of its words as fastText gives them. Run it with Node.js 24 where npm's
 * fasttext.wasm.js 1.0.0 is installed: node make-fasttext.mjs. The network is learned anew each time; a training that the
 * package breaks off is tried again.
 */
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { getFastTextClass, getFastTextModule } from 'fasttext.wasm.js';

const lines = [
  'Über den Bäumen steht ein Baum',
  "don't stop the trees",
  '日本 の 木',
  'tree trees treehouse 🌳',
];
const text = `${Array.from({ length: 200 }, (_, i) => lines[i % lines.length]).join('\n')}\n`;
const url = `data:text/plain;base64,${Buffer.from(text).toString('base64')}`;
const options = { dim: 10, epoch: 50, bucket: 100, minn: 2, maxn: 4, minCount: 1, ws: 5, neg: 5, lr: 0.2, t: 1, loss: 'ns', verbose: 0 }; // prettier-ignore
const FastText = await getFastTextClass({ getFastTextModule });
for (let attempt = 1; attempt <= 20; attempt++) {
  try {
    const model = await new FastText().trainUnsupervised(url, 'skipgram', options, () => undefined);
    model.ft.saveModel('model.bin');
    const here = (name) => new URL(name, import.meta.url);
    writeFileSync(here('model.bin'), model.core.FS.readFile('model.bin'));
    const words = ['</s>', ...new Set(lines.flatMap((line) => line.split(' ')))];
    const vectorsOf = (some) =>
      Object.fromEntries(some.map((word) => [word, [...model.getWordVector(word)]]));
    const vectors = { listed: vectorsOf(words), unlisted: vectorsOf(['treetop', 'Bäume', '木木', 'x']) };
    writeFileSync(here('model-words.json'), `${JSON.stringify(vectors)}\n`);
    break;
  } catch (error) {
    console.log(`attempt ${attempt}:`, error);
  }
}
