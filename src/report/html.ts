/** A report as one HTML file that needs nothing else: no script, no network, figures drawn in it, light and dark. */
import type { Block, FigureBlock, Inline, Report, Section, Table, Text } from './content.ts';
import { escapeHtml } from './html-text.ts';
import { mathml } from './math.ts';

const STYLE = `
:root{color-scheme:light dark;--text:#1a1c20;--quiet:#50555e;--back:#fff;--panel:#f2f4f7;--line:#d3d7de;--link:#0057a0;--mark:#8a4b00}
@media (prefers-color-scheme:dark){:root{--text:#f1f2f4;--quiet:#b3b9c3;--back:#14161a;--panel:#1f232a;--line:#3a404a;--link:#7cc0ff;--mark:#f2b45c}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,nav,main,footer{max-width:46rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.4rem;margin:2.5rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--line)}
h3{font-size:1.15rem;margin:1.8rem 0 .5rem}
h4{font-size:1rem;margin:1.4rem 0 .4rem}
p,li{overflow-wrap:anywhere}
a{color:var(--link)}
.quiet,footer{color:var(--quiet)}
nav ol{columns:2;margin:.5rem 0;padding-left:1.4rem}
.scroll{overflow-x:auto;margin:1.2rem 0}
.scroll:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
caption,figcaption{text-align:left;color:var(--quiet);font-size:.92rem;padding-bottom:.4rem}
th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);vertical-align:top;text-align:right}
th:first-child,.words th,.words td{text-align:left}
.wide{min-width:42rem}
caption span{display:block;max-width:min(44rem,calc(100vw - 2rem))}
thead th{border-bottom:2px solid var(--quiet)}
tbody th{font-weight:600}
figure{margin:1.6rem 0}
figure svg{display:block;width:100%;max-width:32rem;height:auto}
figure .dark{display:none}
@media (prefers-color-scheme:dark){figure .dark{display:block}figure .light{display:none}}
figcaption{padding:.5rem 0 0}
pre{background:var(--panel);padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.88rem;line-height:1.45}
.word{display:inline-block;max-width:100%}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em;overflow-wrap:anywhere}
.note{background:var(--panel);border-left:4px solid var(--mark);padding:.6rem 1rem;margin:1rem 0}
.math{overflow-x:auto;overflow-y:hidden;margin:.8rem 0;padding:.2rem 0}
math{font-size:1.08rem}
footer{padding-bottom:3rem;margin-top:3rem;font-size:.92rem}
@media (max-width:36rem){nav ol{columns:1}h1{font-size:1.5rem}table{font-size:.86rem}th,td{padding:.3rem .35rem}}
@media print{nav{display:none}figure,table{break-inside:avoid}}
`;

/** The HTML document of a report. */
export function writeHtml(report: Report): string {
  const links = report.sections
    .map(({ id, title }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></li>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(report.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(report.title)}</h1>
<p class="quiet">${escapeHtml(report.subtitle)}</p>
</header>
<nav aria-label="Contents">
<ol>
${links}
</ol>
</nav>
<main>
${report.sections.map((section) => htmlSection(section, 2)).join('\n')}
</main>
<footer><p>Written by Unroll from the numbers of the runs.</p></footer>
</body>
</html>
`;
}

function htmlSection({ id, title, blocks, sections = [] }: Section, level: number): string {
  return `<section>
<h${level} id="${escapeHtml(id)}">${escapeHtml(title)}</h${level}>
${[...blocks.map(htmlBlock), ...sections.map((inner) => htmlSection(inner, level + 1))].join('\n')}
</section>`;
}

function htmlBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${htmlText(block.text)}</p>`;
    case 'note':
      return `<p class="note"><strong>Note.</strong> ${htmlText(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${htmlText(item)}</li>`).join('\n')}\n</ul>`;
    case 'code':
      return `<pre><code>${block.language === 'sh' ? shell(block.text) : escapeHtml(block.text)}</code></pre>`;
    case 'equations':
      return block.lines
        .map((line) => `<div class="math" tabindex="0">${mathml(line, { display: true })}</div>`)
        .join('\n');
    case 'table':
      return htmlTable(block);
    case 'figure':
      return htmlFigure(block);
    default:
      return block satisfies never;
  }
}

function htmlTable({ caption, head, rows, words = false }: Table): string {
  const heads = head
    .map((cell, i) => (i === 0 && cell === '' ? '<td></td>' : `<th scope="col">${escapeHtml(cell)}</th>`))
    .join('');
  const body = rows.map(
    ([name, ...cells]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${words ? shown(cell) : number(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(caption)}">
<table${words ? ` class="words${head.length > 3 ? ' wide' : ''}"` : ''}>
<caption><span>${shown(caption)}</span></caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

function htmlFigure({ id, figure }: FigureBlock): string {
  const drawn = (['light', 'dark'] as const).map((theme) => {
    const svg = withOwnIds(figure.draw({ theme, width: 420 }), `${id}-${theme}-`);
    return `<div class="${theme}">${svg}</div>`;
  });
  return `<figure>
${drawn.join('\n')}
<figcaption><strong>${escapeHtml(figure.title)}.</strong> ${shown(figure.caption)}</figcaption>
</figure>`;
}

/** An SVG whose ids begin with a prefix, so that those of several figures in one page do not meet. */
export function withOwnIds(svg: string, prefix: string): string {
  const ids = new Set(Array.from(svg.matchAll(/\sid="([^"]+)"/g), ([, id]) => id));
  return svg
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .replace(
      /(\s(?:id|aria-labelledby|aria-describedby)=")([^"]+)"/g,
      (whole, start: string, names: string) => {
        const own = names.split(' ').map((name) => (ids.has(name) ? prefix + name : name));
        return whole === '' ? whole : `${start}${own.join(' ')}"`;
      },
    )
    .replace(/(url\(#|href="#)([^)"]+)/g, (whole, start: string, name: string) =>
      ids.has(name) ? `${start}${prefix}${name}` : whole,
    );
}

function htmlText(text: Text): string {
  return typeof text === 'string' ? shown(text) : text.map(inline).join('');
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return shown(piece);
  if ('strong' in piece) return `<strong>${escapeHtml(piece.strong)}</strong>`;
  if ('math' in piece) return mathml(piece.math);
  return `<code>${escapeHtml(piece.code)}</code>`;
}

/** A number with what belongs to it on one line; its interval may stand on the next. */
function number(cell: string): string {
  return escapeHtml(cell).replace(/ (?!\()/g, '\u00a0');
}

/** A command whose lines break between words alone, never behind the hyphens of an option. */
function shell(text: string): string {
  return text.replace(/\S+/g, (word) => `<span class="word">${escapeHtml(word)}</span>`);
}

/** Text with numbers kept on the line of their per cent sign. */
function shown(text: string): string {
  return escapeHtml(text).replace(/(\d) %/g, '$1\u00a0%');
}
