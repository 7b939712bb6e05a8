/* global document */
// The script of predict.html. Bundle it beside the page: npx esbuild predict.js --bundle --format=esm --outfile=predict.bundle.js
import { load } from 'unrolled';

const element = (id) => document.getElementById(id);
const [address, text, status, result] = ['address', 'text', 'status', 'result'].map(element);
let classifier;

async function open(source) {
  status.textContent = 'Loading the model…';
  try {
    const loaded = await load(source);
    await classifier?.close();
    classifier = loaded;
    status.textContent = `Ready. Classes: ${classifier.labelNames.join(', ')}`;
    classify();
  } catch (error) {
    status.textContent = error.message;
  }
}

function classify() {
  result.replaceChildren();
  if (!classifier || text.value.trim() === '') return;
  const probabilities = [...classifier.predictProba([text.value])];
  const rows = classifier.labelNames.map((label, n) => ({ label, score: probabilities[n] }));
  for (const { label, score } of rows.sort((a, b) => b.score - a.score)) {
    const item = document.createElement('li');
    const meter = Object.assign(document.createElement('meter'), { value: score });
    meter.setAttribute('aria-label', `Probability of ${label}`);
    item.append(label, meter, score.toFixed(3));
    result.append(item);
  }
}

element('fetch').addEventListener('submit', (event) => {
  event.preventDefault();
  void open(address.value);
});
element('files').addEventListener('change', ({ target }) => void open([...target.files]));
text.addEventListener('input', classify);
