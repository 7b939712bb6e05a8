import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../test/support/strings.ts';
import type { Block, Report } from './content.ts';
import { writeHtml } from './html.ts';
import { withOwnIds } from './html-figure.ts';
import { escapeHtml } from './html-text.ts';
import { writeLatex } from './latex.ts';
import { escapeLatex, latexCode } from './latex-text.ts';
import { escapeMarkdown, writeMarkdown } from './markdown.ts';
import { mathml } from './math.ts';

const anyText = fc.oneof(
  anyString({ maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(...'\\{}$&#%_^~<>|"\'`-?!,[]*é中ß😀\u0000\n\u202e ab1'), maxLength: 30 }),
);

const reportOf = (text: string): Report => {
  const blocks: Block[] = [
    { kind: 'paragraph', text },
    { kind: 'paragraph', text: [{ strong: text }, { code: text }, { math: 'h_t' }, text] },
    { kind: 'note', text },
    { kind: 'list', items: [text] },
    { kind: 'code', language: 'sh', text },
    { kind: 'table', caption: text, head: [text, text], rows: [[text, text]] },
  ];
  return { title: text, subtitle: text, abstract: [text], sections: [{ id: 'one', title: text, blocks }] };
};

/** What LaTeX would still read as a command: every special sign that no escape of ours explains. */
function leftOver(latex: string): string {
  return latex
    .replace(
      /\\(?:textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|textquotedbl|textasciigrave|textendash|textemdash|textquoteleft|textquoteright|textquotedblleft|textquotedblright|dots|textperiodcentered|textbullet|textdegree|texteuro|pounds)\{\}/g,
      '',
    )
    .replace(/\$(?:-|\\times|\\rightarrow|\\leq|\\geq|\\pm)\$/g, '')
    .replace(/\\[{}$&#%_]/g, '')
    .replace(/[-,']\{\}(?=[-,'])/g, '');
}

test('LaTeX: no text can end a group, begin a command or a comment; what is left is in the font', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const latex = escapeLatex(text);
      assert.doesNotMatch(leftOver(latex), /[\\{}$&#%_^]/);
      assert.doesNotMatch(latex, /[\p{Cc}\u0250-\u{10ffff}]/u);
    }),
    { numRuns: 2000 },
  );
});

test('LaTeX: plain words stay as they are, signs are shown, the unknown is named', () => {
  assert.equal(escapeLatex('Politics 2024. Straße, Łódź'), 'Politics 2024. Straße, Łódź');
  assert.equal(escapeLatex('50 % of $5 & {x}_1'), '50~\\% of \\$5 \\& \\{x\\}\\_1');
  assert.equal(escapeLatex('\\end{document}'), '\\textbackslash{}end\\{document\\}');
  assert.equal(escapeLatex('中'), '[U+4E2D]');
  assert.equal(escapeLatex('ắ ﬁ'), 'a fi');
  assert.equal(latexCode('a_b --c  d'), '\\texttt{a\\_b -{}-c~ d}');
  assert.equal(latexCode('x'.repeat(25)).split('\\allowbreak{}').length, 7);
  assert.equal(escapeLatex("a -- b,, ''c"), "a -{}- b,{}, '{}'c");
});

test('LaTeX: a whole document has as many groups opened as closed, whatever the texts', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const latex = writeLatex(reportOf(text)).replace(/\\[\\{}%]/g, '');
      assert.equal(latex.split('{').length, latex.split('}').length);
      assert.equal(latex.split('\\end{document}').length, 2);
    }),
  );
});

test('HTML: no text can begin a tag, end an attribute or name an entity', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const html = escapeHtml(text);
      assert.doesNotMatch(html, /[<>"']/);
      assert.doesNotMatch(html.replace(/&(?:amp|lt|gt|quot|#39);/g, ''), /&/);
      const tags = (of: string) =>
        writeHtml(reportOf(of))
          // a command has one around each word, so that their number goes with the text
          .replace(/<span class="word">([^<>]*)<\/span>/g, '$1')
          .match(/<[^>]*>/g)
          ?.map((tag) => tag.split(/[\s>]/)[0]);
      assert.deepEqual(tags(`x${text}`), tags('x'));
    }),
  );
});

test('Markdown: markup in a text is escaped, table rows keep their columns', () => {
  assert.equal(escapeMarkdown('a|b *c* <b> [x](y) # $1$'), 'a\\|b \\*c\\* \\<b\\> \\[x\\](y) \\# \\$1\\$');
  assert.equal(escapeMarkdown('1. no list'), '1\\. no list');
  assert.equal(escapeMarkdown('&lt; & co'), '&amp;lt; & co');
  fc.assert(
    fc.property(anyText, (text) => {
      const rows = writeMarkdown(reportOf(text))
        // what is code is not a table
        .replace(/^(`{3,})sh\n.*?\n\1$/ms, '')
        .split('\n')
        .filter((line) => line.startsWith('| '));
      for (const row of rows) assert.equal(row.replace(/\\./gsu, '').split('|').length, 4, row);
    }),
  );
});

test('Markdown: a fence is longer than those in the text', () => {
  const text = writeMarkdown(reportOf('```\n# not a heading'));
  assert.match(text, /^````sh\n```\n# not a heading\n````$/m);
});

test('formulas as MathML', () => {
  assert.equal(mathml('h_t'), '<math><mrow><msub><mrow><mi>h</mi></mrow><mi>t</mi></msub></mrow></math>');
  assert.match(mathml('\\frac{1}{T} \\sum_{t=1}^{T} h_t'), /<mfrac><mrow><mn>1<\/mn><\/mrow>.*<msubsup>/);
  assert.match(mathml('y = \\mathrm{softmax}(x)', { display: true }), /^<math display="block">.*>softmax</);
  assert.throws(() => mathml('\\input{x}'), /known part of formulas/);
});

test('ids of several figures in one page do not meet', () => {
  const svg =
    '<svg aria-labelledby="t d"><title id="t"/><desc id="d"/><path id="p" fill="url(#p)"/><use href="#p"/></svg>';
  const own = withOwnIds(svg, 'run-1-');
  assert.equal(
    own,
    '<svg aria-labelledby="run-1-t run-1-d"><title id="run-1-t"/><desc id="run-1-d"/><path id="run-1-p" fill="url(#run-1-p)"/><use href="#run-1-p"/></svg>',
  );
});
