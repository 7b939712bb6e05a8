/* global AbortController, document, navigator, URL, Worker */
// The script of train.html. Bundle it beside the page: npx esbuild train.js --bundle --format=esm --outfile=train.bundle.js
import { train } from 'unrolled';

const element = (id) => document.getElementById(id);
const [rows, text, status, result] = ['rows', 'text', 'status', 'result'].map(element);
let classifier;
let stopping;

function told(event) {
  if (event.type === 'notice') status.textContent = event.text;
  if (event.type === 'epoch')
    status.textContent = `Epoch ${event.epoch}: ${(100 * event.val_accuracy).toFixed(0)} % of the validation texts are classified correctly.`;
}

async function begin() {
  const pairs = rows.value
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([label, ...rest]) => label.trim() !== '' && rest.length > 0);
  stopping = new AbortController();
  try {
    const trained = await train(
      {
        texts: pairs.map(([, ...rest]) => rest.join(':').trim()),
        labels: pairs.map(([label]) => label.trim()),
      },
      {
        model: { type: 'bigru' },
        threads: Math.min(2, navigator.hardwareConcurrency),
        worker: () => new Worker(new URL('./unroll-worker.bundle.js', import.meta.url), { type: 'module' }),
        signal: stopping.signal,
        listener: told,
      },
    );
    await classifier?.close();
    classifier = trained;
    status.textContent = `Trained. ${(100 * trained.evaluation.accuracy).toFixed(0)} % of the test texts are classified correctly.`;
    classify();
  } catch (error) {
    status.textContent = error.message;
  }
}

function classify() {
  if (!classifier || text.value.trim() === '') return;
  const [{ label, score }] = classifier.predict([text.value]);
  result.textContent = `${label} (${score.toFixed(2)})`;
}

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void begin();
});
element('stop').addEventListener('click', () => stopping?.abort());
text.addEventListener('input', classify);
