/** The script of the exported page: the model is in the page itself, and nothing is ever fetched. */
import { load } from '../../../src/classifier/load.ts';
import { weighWords } from '../weigh.ts';

function element<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page must have an element with the id "${id}".`);
  return found as Kind;
}

const text = element<HTMLTextAreaElement>('text');
const [status, scores, words, note] = ['status', 'scores', 'words', 'note'].map((id) => element(id));

try {
  const encoded = JSON.parse(element('model').textContent) as Readonly<Record<string, string>>;
  const files = new Map(
    Object.entries(encoded).map(([name, content]) => [
      name,
      Uint8Array.from(atob(content), (char) => char.charCodeAt(0)),
    ]),
  );
  const classifier = await load(files);
  const show = () => {
    scores.replaceChildren();
    words.replaceChildren();
    note.textContent = '';
    if (text.value.trim() === '') return;
    const probabilities = classifier.predictProba([text.value]);
    const rows = classifier.labelNames
      .map((label, n) => ({ label, score: probabilities[n] }))
      .sort((a, b) => b.score - a.score);
    for (const { label, score } of rows) {
      const item = document.createElement('li');
      const name = Object.assign(document.createElement('span'), { textContent: label });
      const meter = Object.assign(document.createElement('meter'), { value: score });
      meter.setAttribute('aria-label', `Probability of ${label}`);
      const value = Object.assign(document.createElement('span'), {
        textContent: `${(100 * score).toFixed(0)} %`,
      });
      item.append(name, meter, value);
      scores.append(item);
    }
    const { words: weighed, meaning } = weighWords(classifier, text.value, rows[0].label);
    note.textContent = `Blue words support ${rows[0].label}, orange ones count against it. ${meaning}`;
    const most = Math.max(1e-9, ...weighed.map(({ weight }) => Math.abs(weight)));
    for (const { text: piece, weight } of weighed) {
      const span = document.createElement(weight === 0 ? 'span' : 'mark');
      span.textContent = piece;
      span.className = weight < 0 ? 'against' : 'for';
      span.style.setProperty('--strength', `${Math.round((100 * Math.abs(weight)) / most)}%`);
      words.append(span);
    }
  };
  text.addEventListener('input', show);
  status.textContent = `Classes: ${classifier.labelNames.join(', ')}. The model is in this page; nothing is sent anywhere.`;
  show();
} catch (error) {
  status.textContent = error instanceof Error ? error.message : String(error);
}
