/** Explanations as text for a terminal: coloured words, or a table of the strongest where there is no colour. */
import { maxOf } from '../../core/lists.ts';
import { printable } from '../../core/printable.ts';
import { count } from '../../core/words.ts';
import type { Explanation } from '../../explain/index.ts';
import type { ClassWords } from '../../explain/index.ts';
import type { DeletionResult, ExplainedText } from '../../jobs/explain/explain.ts';
import { renderTable, wrap } from '../../report/text/table.ts';
import type { Output } from '../io.ts';

/** Tokens of the table. */
const STRONGEST = 10;

/** A text with its explanation: the prediction, the words, and a legend. */
export function renderExplanation({ text, explanation }: ExplainedText, out: Output): string {
  const { label, probability } = explanation;
  const head = out.colors.bold(`${printable(label)} ${probability.toFixed(4)}`);
  const words = out.colors.isColorSupported
    ? coloured(untilRead(text, explanation), explanation, out)
    : wrap(printable(untilRead(text, explanation)), out.columns).join('\n');
  return `${head}\n${words}\n\n${strongestTable(explanation, out)}\n${footnotes(explanation, out.columns)}`;
}

/** The text until the last token that the model reads. */
function untilRead(text: string, { tokens, unread }: Explanation): string {
  const end = unread === 0 ? text.length : maxOf(tokens, (token) => token.end ?? text.length, 0);
  return end < text.length ? `${text.slice(0, end)} …` : text;
}

/** The text: words that support the class in green, words against it in red; the strongest are bold and underlined. */
function coloured(text: string, { tokens }: Explanation, { colors }: Output): string {
  const most = maxOf(tokens, ({ weight }) => Math.abs(weight), 0);
  const paint = (shown: string, weight: number) => {
    const size = most === 0 ? 0 : Math.abs(weight) / most;
    if (size < 0.05) return shown;
    const colour = weight > 0 ? colors.green : colors.red;
    return size > 0.5 ? colors.bold(colors.underline(colour(shown))) : size > 0.2 ? colors.bold(colour(shown)) : colour(shown); // prettier-ignore
  };
  let result = '';
  let at = 0;
  for (const { text: token, start, end, weight } of tokens) {
    if (start === undefined || end === undefined) {
      if (token !== '' && weight !== 0) result += paint(printable(token), weight);
      continue;
    }
    if (start < at) continue; // two tokens of one character
    result += printable(text.slice(at, start)) + paint(printable(text.slice(start, end)), weight);
    at = end;
  }
  return result + printable(text.slice(at));
}

/** The tokens with the largest weights, with bars; also readable without colours. */
function strongestTable({ tokens, method }: Explanation, { columns, colors }: Output): string {
  const order = tokens
    .map((token, t) => ({ ...token, t }))
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.t - b.t);
  if (order.length === 0) {
    const unknown = method === 'integrated-gradients' || method === 'weights';
    const fixed = 'The model knows no token of this text: the probability is the frequency of the class.';
    return `${unknown ? wrap(fixed, columns).join('\n') : 'No token has any influence.'}\n`;
  }
  const most = Math.abs(order[0].weight);
  const rows = order.slice(0, STRONGEST).map(({ text, weight, t }) => {
    const bar = (weight > 0 ? '+' : '-').repeat(Math.max(1, Math.round((12 * Math.abs(weight)) / most)));
    return [text === '' ? '(rest)' : text, signed(weight), String(t + 1), bar];
  });
  const left = order.length - rows.length;
  const table = renderTable(['token', 'weight', 'position', ''], rows, { width: columns, bold: colors.bold, least: 6 }); // prettier-ignore
  return table + (left > 0 ? `and ${left} more; --json has all\n` : '');
}

function signed(weight: number): string {
  return `${weight > 0 ? '+' : ''}${weight.toFixed(4)}`;
}

const meanings: Readonly<Record<Explanation['method'], string>> = {
  'integrated-gradients': 'Integrated gradients: each weight is a part of the probability.',
  occlusion: 'Occlusion: each weight is how much the probability falls without the token.',
  attention: 'Attention: each weight is a proportion of the pooled vector. It supports no class.',
  weights: 'Weights of the linear model: each is a part of the score of the class.',
};

function footnotes(
  { method, baseline, gap, steps, jumped, bias, probability, unread, tokens }: Explanation,
  columns: number,
): string {
  const said = [meanings[method]];
  if (baseline && gap !== undefined) {
    const name = baseline.vectors === 'pad' ? 'zero vectors' : 'the vector of <UNK>';
    const sum = tokens.reduce((all, { weight }) => all + weight, 0);
    said.push(
      `They add up to ${signed(sum)}; the probability differs from that of ${name} (${baseline.probability.toFixed(4)}) by ${signed(probability - baseline.probability)}; completeness gap ${(100 * gap).toFixed(2)} %, ${steps} steps.`,
    );
  }
  if (jumped !== undefined) {
    said.push(
      `On the way the probability jumps by ${jumped.toFixed(2)} in all, within a millionth of it; a jump is divided among the tokens as the gradient beside it.`,
    );
  }
  if (bias !== undefined) {
    const sum = tokens.reduce((all, { weight }) => all + weight, 0);
    said.push(
      `They add up to ${signed(sum)}; with the bias ${signed(bias)} the score is ${signed(sum + bias)}.`,
    );
  }
  if (unread > 0) said.push(`${unread} more tokens of the text are not read (text.max_length).`);
  return said
    .flatMap((sentence) => wrap(sentence, columns))
    .map((line) => `${line}\n`)
    .join('');
}

/** The words of each class. */
export function renderClassWords(
  { documents, classes }: { readonly documents: number; readonly classes: readonly ClassWords[] },
  { columns, colors }: Output,
): string {
  const blocks = classes.map((one) => {
    const head = colors.bold(`${printable(one.label)} (${count(one.documents, 'document')})`);
    if (one.words.length === 0) return `${head}\n  no word occurs in two documents and supports the class\n`;
    const rows = one.words.map(({ word, weight, documents: n }) => [word, signed(weight), String(n)]);
    return `${head}\n${renderTable(['word', 'mean weight', 'documents'], rows, { width: columns, bold: colors.bold, least: 6 })}`;
  });
  return `${count(documents, 'document')}, each explained for its predicted class; words in the order of their total weight\n\n${blocks.join('\n')}`;
}

/** The deletion curve as a table, and its conclusion. */
export function renderDeletion(result: DeletionResult, { columns, colors }: Output): string {
  const { counts, probability, attributed, random, documents, gaps } = result;
  if (documents === 0) return 'There is no text to explain.\n';
  const rows = counts.map((count, k) => [
    String(count),
    attributed[k].toFixed(4),
    random[k].toFixed(4),
    (random[k] - attributed[k]).toFixed(4),
  ]);
  const table = renderTable(['tokens left out', 'the most attributed', 'random ones', 'difference'], rows, { width: columns, bold: colors.bold, least: 8 }); // prettier-ignore
  const gap = gaps
    ? `completeness gap: median ${(100 * gaps.median).toFixed(2)} %, largest ${(100 * gaps.largest).toFixed(2)} %\n`
    : '';
  return `mean probability of the predicted class, ${count(documents, 'document')}; with all tokens ${probability.toFixed(4)}\n${table}${gap}`;
}
