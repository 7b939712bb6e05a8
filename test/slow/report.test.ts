/** The report in the programs that read it: axe-core in a real browser, and LaTeX. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { launchOptions, patient, skipWithoutChromium } from '../browser/chromium.ts';
import { unroll } from '../support/cli.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv, tinyModel } from '../support/tiny.ts';

const folder = temporaryFolder();
const at = writeFiles(folder, { 'tiny.csv': tinyCsv(150) });
const output = join(folder, 'report');

before(async () => {
  for (const type of ['bigru', 'rnn', 'bilstm']) {
    const model = [...tinyModel, '--model.type', type, '--train.label_smoothing', '0.1'];
    const args = ['train', at('tiny.csv'), ...model, '-o', join(folder, 'runs', type), '--quiet'];
    const { code, stderr } = await unroll(args);
    assert.equal(code, 0, stderr);
  }
  const { code, stderr } = await unroll([
    'report',
    join(folder, 'runs'),
    '-o',
    output,
    '--format',
    'html',
    '--format',
    'latex',
  ]);
  assert.equal(code, 0, stderr);
});

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describe('HTML in Chromium', { skip: skipWithoutChromium }, () => {
  let context: BrowserContext;
  let profile: string;
  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'unroll-chromium-'));
    context = patient(await chromium.launchPersistentContext(profile, launchOptions));
  });
  after(async () => {
    await context?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  const open = async (
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; asked: string[] }> => {
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(join(output, 'report.html')).href);
    return { page, asked };
  };

  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const [width, scheme] of [
    [1200, 'light'],
    [1200, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const) {
    test(`axe-core finds nothing, ${width} pixels wide, ${scheme}`, async () => {
      const { page, asked } = await open(width, scheme);
      assert.equal(asked.length, 1, `the page asks for nothing: ${asked.join(' ')}`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      const told = violations.map(
        ({ id, impact, help, nodes }) => `${impact} ${id}: ${help} ${nodes[0].html.slice(0, 200)}`,
      );
      assert.deepEqual(told, []);
      const { scroll, inner } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        inner: innerWidth,
      }));
      assert.ok(scroll <= inner, `the page is ${scroll} wide, the window ${inner}`);
      await page.close();
    });
  }

  test('a table says that it scrolls where it does, and only there', async () => {
    for (const width of [390, 1200]) {
      const { page } = await open(width, 'light');
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const tables = await page.evaluate(() =>
        [...document.querySelectorAll('.scroll')].map((place) => {
          const [hint, table] = [place.querySelector('.hint'), place.querySelector('table')];
          const [told, drawn] = [hint?.getBoundingClientRect(), table?.getBoundingClientRect()];
          return {
            scrolls: place.scrollWidth > place.clientWidth,
            shown: (told?.width ?? 0) > 100,
            // what is not shown takes no room
            above: Math.round((drawn?.top ?? 0) - place.getBoundingClientRect().top),
          };
        }),
      );
      const count = (scrolls: boolean) => tables.filter((table) => table.scrolls === scrolls).length;
      assert.ok(count(false) > 0 && (width > 400 || count(true) > 0), `${width}: ${count(true)} scroll`);
      for (const { scrolls, shown, above } of tables) {
        assert.equal(shown, scrolls, `${width}`);
        assert.ok(scrolls ? above > 10 : above < 2, `${width}: ${above} above`);
      }
      await page.close();
    }
  });

  test('it is well-formed: the parser changes nothing', async () => {
    const { page } = await open(1200, 'light');
    const source = readFileSync(join(output, 'report.html'), 'utf8');
    const count = (text: string) => {
      const tags: Record<string, number> = {};
      for (const [, tag] of text.matchAll(/<([a-z][\w-]*)/gi)) tags[tag] = (tags[tag] ?? 0) + 1;
      return tags;
    };
    assert.deepEqual(count(await page.content()), count(source));
    await page.close();
  });
});

const latex = spawnSync('pdflatex', ['--version']).status === 0;

test(
  'LaTeX compiles, and nothing is cut off or undefined',
  {
    skip: latex
      ? false
      : 'there is no pdflatex on this machine (Debian: apt-get install texlive-latex-recommended texlive-fonts-recommended)',
  },
  () => {
    for (let pass = 0; pass < 2; pass++) {
      const { status, stdout } = spawnSync(
        'pdflatex',
        ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape', 'report.tex'],
        { cwd: output, encoding: 'latin1' },
      );
      assert.equal(status, 0, stdout.slice(-2000));
    }
    const log = readFileSync(join(output, 'report.log'), 'latin1');
    assert.doesNotMatch(log, /undefined references|Missing character|^!/m);
    const wide = Array.from(log.matchAll(/Overfull \\hbox \(([\d.]+)pt/g), ([, points]) => Number(points));
    assert.ok(
      wide.every((points) => points < 10),
      `boxes too wide by ${wide.join(', ')} points`,
    );
    assert.ok(readFileSync(join(output, 'report.pdf')).subarray(0, 5).equals(Buffer.from('%PDF-')));
  },
);
