/**
 * The program of an exported page: a text box, the probabilities of the classes while typing, and the weight of each
 * word.
 */
import { load } from '../../classifier/load.ts';
import type { TextClassifier } from '../../classifier/text-classifier.ts';
import { explain, type Explanation } from '../../explain/index.ts';
import { unpackFiles } from '../pack.ts';

/** Milliseconds without a key press after which words are explained. */
const PAUSE = 150;
/** Characters beyond which words are explained on request alone, since it may take seconds. */
const LONG = 3000;

/** An element of the page by its id. */
function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has an element ${id}`);
  return found;
}

const text = element('text') as HTMLTextAreaElement;
const [status, bars, words, legend, summary] = ['status', 'bars', 'words', 'legend', 'summary'].map(element);

/** An element with a text, which is never read as HTML. */
function make(name: string, className: string, content = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}

/** Never `100.0 %` or `0.0 %`, which no probability of a model is. */
function percent(p: number): string {
  if (p > 0.9995 && p < 1) return '> 99.9 %';
  if (p < 0.0005 && p > 0) return '< 0.1 %';
  return `${(100 * p).toFixed(1)} %`;
}

/** The row of a class; clicked, its words are explained. */
interface Bar {
  readonly button: HTMLElement;
  readonly value: HTMLElement;
  readonly fill: HTMLElement;
}

/** Runs the page. */
class Page {
  readonly #classifier: TextClassifier;
  readonly #bars: readonly Bar[];
  /** The class whose words are explained; undefined for the most probable one. */
  #chosen: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(classifier: TextClassifier) {
    this.#classifier = classifier;
    this.#bars = classifier.labelNames.map((label, c) => this.#addBar(label, c));
    text.addEventListener('input', () => {
      this.#chosen = undefined;
      this.update();
    });
  }

  /** Shows the prediction for the text. */
  update(): void {
    const empty = text.value.trim() === '';
    clearTimeout(this.#timer);
    words.replaceChildren();
    legend.hidden = true;
    bars.hidden = empty;
    if (empty) {
      summary.textContent = 'Write or paste a text above.';
      return;
    }
    const { probabilities, known } = this.#classifier.score([text.value]);
    const best = probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b)));
    const label = this.#classifier.labelNames[best];
    summary.textContent =
      known[0] === 0
        ? 'The model knows no word of this text: these are the class frequencies of its training data.'
        : `${label}, ${percent(probabilities[best])}`;
    const shown = this.#chosen ?? best;
    for (const [c, { button, value, fill }] of this.#bars.entries()) {
      value.textContent = percent(probabilities[c]);
      fill.style.width = `${100 * probabilities[c]}%`;
      button.classList.toggle('best', c === best);
      button.setAttribute('aria-pressed', String(c === shown));
    }
    if (known[0] > 0) this.#explainLater(shown);
  }

  #addBar(label: string, c: number): Bar {
    const button = make('button', 'bar');
    const [value, fill] = [make('span', 'value'), make('span', 'fill')];
    const track = make('span', 'track');
    track.append(fill);
    button.append(make('span', 'label', label), value, track);
    button.title = `Show the words that support ${label}`;
    button.addEventListener('click', () => {
      this.#chosen = c;
      this.update();
    });
    const item = make('li', '');
    item.append(button);
    bars.append(item);
    return { button, value, fill };
  }

  #explainLater(c: number): void {
    const label = this.#classifier.labelNames[c];
    const show = () => {
      showWords(explain(this.#classifier, text.value, { label }), text.value);
    };
    if (text.value.length <= LONG) {
      this.#timer = setTimeout(show, PAUSE);
      return;
    }
    const button = make('button', 'plain', 'Show which words of this long text matter');
    button.addEventListener('click', show);
    words.replaceChildren(button);
  }
}

/** The text with its words coloured by their weights. */
function showWords({ tokens, label, unread }: Explanation, given: string): void {
  const strongest = tokens.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
  const parts: Node[] = [];
  let at = 0;
  for (const { text: word, start, end, weight } of tokens) {
    if (start !== undefined && end !== undefined && start >= at) {
      parts.push(document.createTextNode(given.slice(at, start)));
      at = end;
    } else if (parts.length > 0) parts.push(document.createTextNode(' '));
    const shown = start !== undefined && end !== undefined ? given.slice(start, end) : word;
    parts.push(wordOf(shown, strongest === 0 ? 0 : weight / strongest, weight));
  }
  const placed = tokens.some(({ start }) => start !== undefined);
  if (placed) parts.push(document.createTextNode(given.slice(at)));
  words.replaceChildren(...parts);
  if (unread > 0) words.append(make('p', 'quiet', `${unread} more tokens of the text are not read.`));
  element('for').textContent = `for ${label}`;
  element('against').textContent = `against ${label}`;
  legend.hidden = false;
}

/** Words with smaller weights are not coloured. */
const LEAST = 0.05;

function wordOf(content: string, strength: number, weight: number): Node {
  if (Math.abs(strength) < LEAST) return document.createTextNode(content);
  const mark = make('mark', strength > 0 ? 'for' : 'against', content);
  mark.style.setProperty('--strength', `${Math.round(15 + 55 * Math.abs(strength))}%`);
  mark.title = `${weight > 0 ? '+' : '−'}${Math.abs(weight).toPrecision(2)}`;
  return mark;
}

async function start(): Promise<void> {
  try {
    const files = await unpackFiles(element('model').textContent);
    const page = new Page(await load(files));
    text.disabled = false;
    status.hidden = true;
    page.update();
    document.documentElement.dataset['ready'] = 'true';
  } catch (error) {
    status.textContent = `The model cannot be used: ${(error as Error).message}`;
    document.documentElement.dataset['ready'] = 'failed';
  }
}

void start();
