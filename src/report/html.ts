/** A report as one self-contained HTML file: no scripts, no network access, figures inline, light and dark. */
import {
  type Block,
  type FigureBlock,
  figureNumbersOf,
  type Inline,
  isWords,
  type Report,
  type Section,
  type Table,
  type Text,
  type Work,
} from './content.ts';
import { htmlDrawings, PageColours } from './html-figure.ts';
import { escapeHtml } from './html-text.ts';
import { mathml } from './math.ts';
import { referencesOf } from './references.ts';

const STYLE = `
:root{color-scheme:light dark;--text:#1a1c20;--quiet:#50555e;--back:#fff;--panel:#f2f4f7;--line:#d3d7de;--link:#0057a0;--mark:#8a4b00}
@media (prefers-color-scheme:dark){:root{--text:#f1f2f4;--quiet:#b3b9c3;--back:#14161a;--panel:#1f232a;--line:#3a404a;--link:#7cc0ff;--mark:#f2b45c}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.4rem;margin:2.5rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--line)}
h3{font-size:1.15rem;margin:1.8rem 0 .5rem}
h4{font-size:1rem;margin:1.4rem 0 .4rem}
p,li{overflow-wrap:anywhere}
a{color:var(--link)}
.quiet,footer{color:var(--quiet)}
nav ol{columns:2;margin:.5rem 0;padding-left:1.4rem}
.references{padding-left:1.6rem}
summary{cursor:pointer;padding:.5rem 0;border-bottom:1px solid var(--line)}
summary h3{display:inline;margin:0}
summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.table{position:relative;margin:1.2rem 0}
.table{container-type:inline-size}
.scroll{overflow-x:auto}
.scroll>div{width:100%;min-width:min-content}
.hint{display:none;position:sticky;left:0;overflow:hidden;white-space:nowrap;line-height:1.6em;color:var(--quiet);font-size:.86rem;text-align:right}
@supports (width:1cqi){.hint{display:block;width:100cqi;max-width:clamp(0px,(100% - 100cqi - 1px)*99,100cqi);margin:0 0 clamp(-1.6em,(100% - 100cqi - 1px)*99 - 1.6em,0px)}}
.scroll:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
caption,figcaption{text-align:left;color:var(--quiet);font-size:.92rem;padding-bottom:.4rem}
th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);vertical-align:top;text-align:right}
th:first-child,.word-column{text-align:left}
.wide{min-width:42rem}
caption span{display:block;max-width:min(44rem,calc(100vw - 2rem))}
thead th{border-bottom:2px solid var(--quiet)}
tbody th{font-weight:600}
tbody th.short{white-space:nowrap}
figure{margin:1.6rem 0}
figure svg{display:block;width:100%;height:auto}
figure .narrow{display:none}
figure .dark{display:none!important}
@media (prefers-color-scheme:dark){figure .dark.wide{display:block!important}figure .light{display:none!important}}
figcaption{padding:.5rem 0 0}
pre{background:var(--panel);padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.88rem;line-height:1.45}
.word{display:inline-block;max-width:100%}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em;overflow-wrap:anywhere}
.note{background:var(--panel);border-left:4px solid var(--mark);padding:.6rem 1rem;margin:1rem 0}
.math{overflow-x:auto;overflow-y:hidden;margin:.8rem 0;padding:.2rem 0}
math{font-size:1.08rem}
footer{padding-bottom:3rem;margin-top:3rem;font-size:.92rem}
@media (max-width:36rem){figure .wide{display:none}figure .narrow{display:block}nav ol{columns:1}h1{font-size:1.5rem}table{font-size:.86rem}th,td{padding:.3rem .35rem}}
@media print{nav,.hint{display:none}figure,table{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}}
`;

/** What blocks need to know about the whole page. */
interface Page {
  readonly figures: ReadonlyMap<string, number>;
  readonly references: readonly Work[];
  readonly colours: PageColours;
}

/** The HTML document of a report. */
export function writeHtml(report: Report): string {
  const references = referencesOf(report);
  const page: Page = { figures: figureNumbersOf(report), references, colours: new PageColours() };
  const [first, ...others] = report.sections;
  const answer = report.sections.length === 0 ? '' : htmlSection(first, 2, page);
  const body = others.map((section) => htmlSection(section, 2, page));
  const listed = [...report.sections, ...(references.length > 0 ? [REFERENCES] : [])];
  const links = listed
    .map(({ id, title }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></li>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(report.title)}</title>
<style>${STYLE}${page.colours.style()}</style>
</head>
<body>
<header>
<h1>${escapeHtml(report.title)}</h1>
<p class="quiet">${escapeHtml(report.subtitle)}</p>
</header>
<main>
${answer}
<nav aria-label="Contents">
<h2>Contents</h2>
<ol>
${links}
</ol>
</nav>
${[...body, ...(references.length > 0 ? [htmlReferences(references)] : [])].join('\n')}
</main>
<footer><p>Written by Unroll from the numbers of the runs.</p></footer>
</body>
</html>
`;
}

const REFERENCES = { id: 'references', title: 'References' } as const;

function htmlReferences(references: readonly Work[]): string {
  const items = references.map(({ key, text }) => `<li id="ref-${key}">${escapeHtml(text)}</li>`);
  return `<section>
<h2 id="${REFERENCES.id}">${REFERENCES.title}</h2>
<ol class="references">
${items.join('\n')}
</ol>
</section>`;
}

function htmlSection(
  { id, title, blocks, sections = [], appendix = false }: Section,
  level: number,
  page: Page,
): string {
  return `<section>
<h${level} id="${escapeHtml(id)}">${escapeHtml(title)}</h${level}>
${[
  ...blocks.map((block) => htmlBlock(block, page)),
  ...sections.map((inner) =>
    appendix ? folded(inner, level + 1, page) : htmlSection(inner, level + 1, page),
  ),
].join('\n')}
</section>`;
}

/** A section that is folded until opened. */
function folded(section: Section, level: number, page: Page): string {
  const { id, title, blocks, sections = [] } = section;
  return `<details id="${escapeHtml(id)}">
<summary><h${level}>${escapeHtml(title)}</h${level}></summary>
${[...blocks.map((block) => htmlBlock(block, page)), ...sections.map((inner) => htmlSection(inner, level + 1, page))].join('\n')}
</details>`;
}

function htmlBlock(block: Block, page: Page): string {
  const text = (of: Text) => htmlText(of, page);
  switch (block.kind) {
    case 'paragraph':
      return `<p>${text(block.text)}</p>`;
    case 'note':
      return `<p class="note"><strong>Note.</strong> ${text(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${text(item)}</li>`).join('\n')}\n</ul>`;
    case 'code':
      return `<pre><code>${block.language === 'sh' ? shell(block.text) : escapeHtml(block.text)}</code></pre>`;
    case 'equations':
      return block.lines
        .map((line) => `<div class="math" tabindex="0">${mathml(line, { display: true })}</div>`)
        .join('\n');
    case 'table':
      return htmlTable(block);
    case 'figure':
      return htmlFigure(block, page);
    default:
      return block satisfies never;
  }
}

/**
 * Stands above a table and takes room only where that is wider than its place (`100cqi`), which the style finds out: a
 * page without scripts can scroll it there.
 */
const HINT = '<p class="hint" aria-hidden="true">Scroll for all columns →</p>';

function htmlTable(table: Table): string {
  const { caption, head, rows, words = false } = table;
  const side = (c: number) => (isWords(table, c) ? ' class="word-column"' : '');
  const heads = head
    .map((cell, i) =>
      i === 0 && cell === '' ? '<td></td>' : `<th scope="col"${side(i)}>${escapeHtml(cell)}</th>`,
    )
    .join('');
  const body = rows.map(
    ([name, ...cells]) =>
      `<tr><th scope="row"${name.length <= 24 ? ' class="short"' : ''}>${escapeHtml(name)}</th>${cells
        .map((cell, i) => `<td${side(i + 1)}>${isWords(table, i + 1) ? shown(cell) : number(cell)}</td>`)
        .join('')}</tr>`,
  );
  const classes = [...(words && head.length > 3 ? ['wide'] : [])];
  return `<div class="table">
<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(caption)}"><div>
${HINT}
<table${classes.length > 0 ? ` class="${classes.join(' ')}"` : ''}>
<caption><span>${shown(caption)}</span></caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div></div>
</div>`;
}

function htmlFigure({ id, figure }: FigureBlock, { figures, colours }: Page): string {
  const number = figures.get(id);
  const title = number === undefined ? figure.title : `Figure ${number}. ${figure.title}`;
  return `<figure${number === undefined ? '' : ` id="figure-${number}"`}>
${htmlDrawings(figure, id, colours)}
<figcaption><strong>${escapeHtml(title)}.</strong> ${shown(figure.caption)}</figcaption>
</figure>`;
}

function htmlText(text: Text, page: Page): string {
  return typeof text === 'string' ? shown(text) : text.map((piece) => inline(piece, page)).join('');
}

function inline(piece: Inline, { references }: Page): string {
  if (typeof piece === 'string') return shown(piece);
  if ('strong' in piece) return `<strong>${escapeHtml(piece.strong)}</strong>`;
  if ('math' in piece) return mathml(piece.math);
  if ('code' in piece) return `<code>${escapeHtml(piece.code)}</code>`;
  const number = references.findIndex(({ key }) => key === piece.cite.key) + 1;
  return `<a href="#ref-${piece.cite.key}">[${number}]</a>`;
}

/** A number with its unit on one line; its interval may wrap to the next. */
function number(cell: string): string {
  return escapeHtml(cell).replace(/ (?!\()/g, '\u00a0');
}

/** A command whose lines break only between words, not after the hyphens of an option. */
function shell(text: string): string {
  return text.replace(/\S+/g, (word) => `<span class="word">${escapeHtml(word)}</span>`);
}

/** Text with no line break between a number and its per cent sign. */
function shown(text: string): string {
  return escapeHtml(text).replace(/(\d) %/g, '$1\u00a0%');
}
