/**
 * The documents that a model gets wrong as one HTML page without scripts or network access, light and dark, also for
 * phones.
 */
import type { NearDocument } from '../models/linear/nearest-texts.ts';
import { escapeHtml } from './html-text.ts';

/** A misclassified or uncertain document. */
export interface DoubtfulDocument {
  /** 0-based record number in the data. */
  readonly row: number;
  /** Whether the prediction is wrong; else it is one of the least certain. */
  readonly wrong: boolean;
  /** Label in the data. */
  readonly actual: string;
  /** Label that the model gives. */
  readonly predicted: string;
  /** Probability of the predicted class. */
  readonly score: number;
  /** Probability of the actual class. */
  readonly actualScore: number;
  /** What it says. */
  readonly text: string;
  /** The most similar training document; null where none shares a word, or the data of the run is not at hand. */
  readonly nearest: NearDocument | null;
}

/** What the page shows. */
export interface ErrorsPage {
  /** The run or the model. */
  readonly model: string;
  /** Where the documents are from. */
  readonly source: string;
  /** Documents that were classified. */
  readonly documents: number;
  /** How many of them wrongly. */
  readonly wrong: number;
  /** Which class, and which predicted class, was asked for; null for all. */
  readonly filter: { readonly actual: string | null; readonly predicted: string | null };
  /** The misclassified documents, the most confident first; then the least confident of the others. */
  readonly found: readonly DoubtfulDocument[];
}

const STYLE = `
:root{color-scheme:light dark;--text:#1a1c20;--quiet:#50555e;--back:#fff;--panel:#f2f4f7;--line:#d3d7de;--link:#0057a0;--wrong:#a3341b;--right:#00654a}
@media (prefers-color-scheme:dark){:root{--text:#f1f2f4;--quiet:#b3b9c3;--back:#14161a;--panel:#1f232a;--line:#3a404a;--link:#7cc0ff;--wrong:#ff9a7d;--right:#5fd3a8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:1.5rem 1rem 3rem;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--line)}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.quiet{color:var(--quiet)}
ul{padding-left:1.2rem}
article{background:var(--panel);border-left:4px solid var(--line);padding:.7rem .9rem;margin:.8rem 0}
article.wrong{border-color:var(--wrong)}
article h3{font-size:1rem;margin:0 0 .3rem}
.is{color:var(--right)}
.not{color:var(--wrong)}
.facts{font-size:.9rem;color:var(--quiet);margin:.1rem 0 .4rem}
p.text{white-space:pre-wrap;margin:.3rem 0}
details{margin-top:.5rem}
summary{cursor:pointer;padding:.2rem 0}
`;

/** Characters that are shown before a reader asks for the rest. */
const SHOWN = 600;

/** A sentence about the filter, after a space; nothing where all documents are listed. */
export function filterSentence({ filter: { actual, predicted }, found }: ErrorsPage): string {
  if (actual === null && predicted === null) return '';
  const which = `${actual === null ? '' : ` of ${actual}`}${predicted === null ? '' : ` predicted as ${predicted}`}`;
  return ` Only documents${which} are listed${found.length === 0 ? ': there are none' : ''}.`;
}

/** The HTML document. Texts and labels are escaped. */
export function errorsHtml(page: ErrorsPage): string {
  const { model, source, documents, wrong, found } = page;
  const groups = [
    ...Map.groupBy(
      found.filter((one) => one.wrong),
      ({ actual, predicted }) => `${actual} → ${predicted}`,
    ),
  ].sort(([, a], [, b]) => b.length - a.length);
  const least = found.filter((one) => !one.wrong);
  const sections = [
    ...groups.map(([title, own], g) => ({ id: `pair-${g + 1}`, title: `${title} (${own.length})`, own })),
    ...(least.length > 0 ? [{ id: 'least-certain', title: `Correct, but least certain (${least.length})`, own: least }] : []), // prettier-ignore
  ];
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
  const body = sections.map(
    ({ id, title, own }) => `<section aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(title)}</h2>
${own.map(article).join('\n')}
</section>`,
  );
  const said = `${wrong} of ${documents} documents of ${source} are misclassified.${filterSentence(page)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`Errors of ${model}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(`Errors of ${model}`)}</h1>
<p class="quiet">${escapeHtml(said)} An arrow leads from the actual class to the predicted one; below each document stands the most similar training document.</p>
</header>
<main>
${links.length > 0 ? `<nav aria-label="Class pairs"><ul>\n${links.join('\n')}\n</ul></nav>` : '<p>No documents to show.</p>'}
${body.join('\n')}
</main>
</body>
</html>
`;
}

function article(one: DoubtfulDocument): string {
  const { row, wrong, actual, predicted, score, actualScore, text, nearest } = one;
  const heading = wrong
    ? `<span class="is">${escapeHtml(actual)}</span>, predicted <span class="not">${escapeHtml(predicted)}</span>`
    : `<span class="is">${escapeHtml(actual)}</span>`;
  const scores = wrong
    ? `predicted with ${score.toFixed(3)}, the actual class has ${actualScore.toFixed(3)}`
    : `predicted with ${score.toFixed(3)}`;
  return `<article${wrong ? ' class="wrong"' : ''}>
<h3>${heading}</h3>
<p class="facts">row ${row}; ${scores}</p>
${textHtml(text)}
${nearest ? nearestHtml(nearest) : ''}</article>`;
}

function textHtml(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= SHOWN) return `<p class="text" dir="auto">${escapeHtml(text)}</p>`;
  const head = escapeHtml(characters.slice(0, SHOWN).join(''));
  return `<p class="text" dir="auto">${head}…</p>
<details><summary>The whole text</summary><p class="text" dir="auto">${escapeHtml(text)}</p></details>`;
}

function nearestHtml({ row, label, text, similarity }: NonNullable<DoubtfulDocument['nearest']>): string {
  return `<details><summary>Nearest training document: ${escapeHtml(label)} (row ${row}, similarity ${similarity.toFixed(2)})</summary>
<p class="text" dir="auto">${escapeHtml(text)}</p></details>
`;
}
