/** The studio in Chromium, walked as by a person who has never used a terminal. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { parseCorrections } from '../../src/data/corrections.ts';
import { readDataset } from '../../src/data/read.ts';
import { csvLine } from '../../src/data/to-csv.ts';
import { patient, scriptBytes, skipWithoutChromium } from '../browser/chromium.ts';
import { assertAccessible, type OpenedStudio, openStudio } from '../studio/open.ts';
import { temporaryFolder } from '../support/temporary.ts';

const tickets = `${root}examples/tickets.csv`;
/** Bytes of the scripts that the first page loads before it is painted, at most: 108,000 when this was written. */
const SCRIPTS = 130_000;

/** The contrast of the number in each cell with its background, as WCAG defines it; runs in the page. */
function contrastOfCells(cells: readonly Element[]): number[] {
  const drawing = new OffscreenCanvas(1, 1).getContext('2d')!;
  const luminance = (color: string) => {
    drawing.fillStyle = color;
    drawing.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...drawing.getImageData(0, 0, 1, 1).data].map((value) =>
      value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return cells.map((cell) => {
    const [low, high] = [
      luminance(getComputedStyle(cell).backgroundColor),
      luminance(getComputedStyle(cell.querySelector('button')!).color),
    ].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}

describe('from a table to a classifier', { skip: skipWithoutChromium }, () => {
  const folder = temporaryFolder();
  let studio: OpenedStudio;
  before(async () => {
    studio = await openStudio(folder);
  });
  after(async () => {
    await studio?.close();
  });

  test('an empty folder says what to do, and little is loaded for it', async (t) => {
    const { page } = studio;
    const paints: number[] = [];
    for (let i = 0; i < 3; i++) {
      await studio.go('');
      await page.getByRole('heading', { name: 'Data' }).waitFor();
      paints.push(
        await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime),
      );
      await page.goto('about:blank');
    }
    t.diagnostic(`first paint after ${paints.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    for (const path of ['', 'teach/']) {
      const { headers } = await fetch(studio.url + path);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'.*script-src 'self'/, path);
      assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/, path);
      await page.goto(studio.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (path === '') {
        const bytes = await scriptBytes(page);
        assert.ok(bytes > 0 && bytes < SCRIPTS, `${bytes} bytes of scripts`);
      }
      assert.equal(
        await page.evaluate(() => [...document.scripts].filter(({ src }) => src === '').length),
        0,
        `${path}: a script in the page itself`,
      );
    }
    await studio.go('');
    await page.getByText('No training yet').waitFor();
    await assertAccessible(studio, 'empty');
  });

  test('a file is added, and its classes, copies and conflicts are shown', async () => {
    const { page } = studio;
    await page.getByLabel('Add a file').setInputFiles(tickets);
    await page.getByRole('heading', { name: '240 documents in 4 classes' }).waitFor();
    await page.getByText('no text stands under two labels').waitFor();
    assert.equal(await page.locator('#documents article').count(), 20);
    await assertAccessible(studio, 'data');
    await page.getByRole('searchbox').fill('refund');
    await page.waitForFunction(() => /^\d+ documents?$/.test(document.querySelector('#documents [role=status]')?.textContent ?? '') && !document.querySelector('#documents [role=status]')?.textContent?.startsWith('240')); // prettier-ignore
  });

  test('a file that cannot be read as it is, is read with settings', async () => {
    const { page } = studio;
    const text = readFileSync(tickets, 'utf8').replaceAll('Thanks', 'Grüße');
    writeFileSync(join(folder, 'latin.csv'), text, 'latin1');
    await studio.go('#/data?path=latin.csv');
    await page.getByText(/read it with data\.encoding windows-1252\./).first().waitFor(); // prettier-ignore
    await page.getByLabel('data.encoding').fill('windows-1252');
    await page.getByRole('button', { name: 'Read it again' }).click();
    await page.getByRole('heading', { name: '240 documents in 4 classes' }).waitFor();
    await page.getByText('Grüße').first().waitFor();
    await page.getByRole('link', { name: 'Train on it' }).click();
    await page.getByText('unroll train latin.csv --data.encoding windows-1252').first().waitFor();
    await page.goBack();
    await assertAccessible(studio, 'reading');
    studio.complaints.length = 0; // the studio answered that the file is not UTF-8
    await studio.go('#/data?path=tickets.csv');
  });

  test('training: a wrong setting is said at its field; then it runs, live, and is measured', async () => {
    const { page } = studio;
    await page.getByRole('link', { name: 'Train on it' }).click();
    await page.locator('[id="field-train.epochs"]').fill('many');
    await page.getByRole('button', { name: 'Start the training' }).click();
    await page.locator('[id="field-train.epochs"][aria-invalid=true]').waitFor();
    await page.locator('[id="field-train.epochs"]').fill('3');
    await assertAccessible(studio, 'train');
    await page.getByText('unroll train tickets.csv --train.epochs 3').first().waitFor();
    await page.getByRole('button', { name: 'Start the training' }).click();
    await page.getByRole('heading', { name: 'runs/tickets-1' }).waitFor();
    await page.getByText('test accuracy', { exact: true }).waitFor();
    // the chosen model may replace the first one until the end
    await page.getByText(/Begun .*, finished\./).waitFor();
    assert.ok(existsSync(join(folder, 'runs/tickets-1/model/model.safetensors')));
    await page.getByText('Training and validation loss').waitFor();
    await assertAccessible(studio, 'run');
    // axe passes over texts of one character
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const contrasts = await page.locator('.matrix .cell:has(button)').evaluateAll(contrastOfCells);
      assert.ok(
        contrasts.length > 0 && Math.min(...contrasts) >= 4.5,
        `${colorScheme}: ${contrasts.join(', ')}`,
      );
    }
  });

  test('a text is scored and explained while it is typed', async () => {
    const { page } = studio;
    const text = page.getByLabel('A text');
    await text.pressSequentially('The invoice <b>charges</b> me twice', { delay: 30 });
    await page.locator('.token').first().waitFor();
    await page.waitForFunction(
      () => document.querySelector('.explained')?.textContent === 'The invoice <b>charges</b> me twice',
    );
    assert.equal(await page.locator('.explained b').count(), 0, 'a text is never HTML');
    const times = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.endsWith('/api/try'))
        .map(({ duration }) => duration),
    );
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    console.log(`explained in ${median.toFixed(0)} ms, the median of ${times.length} keys`);
    await studio.picture('try');
    await text.fill('qwertz');
    await page.getByText('The model knows no word of this text').waitFor();
    await text.fill('parcel '.repeat(20_000));
    await page.getByText('but this one has 140,000 characters. Shorten it.').waitFor();
    assert.equal(await page.locator('.scores').count(), 0, 'nothing of another text is shown');
  });

  test('the run is exported as one page, which is downloaded and classifies on its own', async () => {
    const { page, browser } = studio;
    const card = page.getByRole('region', { name: 'Take it with you' });
    await card.getByRole('button', { name: 'Export' }).click();
    await card.getByText('compared with the model first').waitFor();
    await card
      .getByText('unroll export runs/tickets-1 --to html -o exports/tickets-1.html --force')
      .waitFor();
    await assertAccessible(studio, 'export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card.getByRole('link', { name: 'Download' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'tickets-1.html');
    const file = join(folder, 'exports/tickets-1.html');
    assert.deepEqual(readFileSync(await download.path()), readFileSync(file));
    assert.ok(readFileSync(file).length < 2e6);
    const alone = patient(await browser.newPage());
    await alone.goto(`file://${file}`);
    await alone.locator('textarea').fill('Where is my parcel?');
    await alone.getByText('delivery').first().waitFor();
    await alone.close();
  });

  test('a cell of the confusion matrix opens its documents', async () => {
    const { page } = studio;
    await page
      .getByRole('button', { name: /predicted as .*: show them/ })
      .first()
      .click();
    await page.locator('.documents .text').first().waitFor();
    await studio.picture('cell');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('a training is stopped with its state saved, and resumed', async () => {
    const { page } = studio;
    await studio.go('#/train?source=tickets.csv');
    await page.locator('[id="field-model.type"]').selectOption('bilstm');
    // far more than it needs, so that no machine has ended before it is stopped
    await page.getByText('All other settings').click();
    await page.locator('[id="field-train.patience"]').fill('null');
    await page.locator('[id="field-train.epochs"]').fill('4000');
    await page.getByRole('button', { name: 'Start the training' }).click();
    await page.getByRole('heading', { name: 'runs/tickets-2' }).waitFor();
    await page.getByText(/epoch ([2-9]|\d\d+) of at most 4000/).waitFor();
    await studio.picture('live');
    await page.getByRole('button', { name: 'Stop and save' }).click();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByText(/resuming in epoch/i).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Stop and save' }).click();
    await page.getByRole('button', { name: 'Resume', exact: true }).waitFor();
    const description = JSON.parse(readFileSync(join(folder, 'runs/tickets-2/description.json'), 'utf8'));
    assert.equal(description.status, 'interrupted');
    assert.equal(description.resumed.length, 1);
  });

  test('a run that is not there is said to be missing, and the studio to be there', async () => {
    const { page } = studio;
    await studio.go('#/run?path=runs/none');
    await page.getByText(/there must be such a file or folder, but there is none/).waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.getByText('The studio does not answer').count(), 0);
    const missing = studio.complaints.splice(0).filter((one) => !one.includes('422'));
    assert.ok(
      missing.every((one) => one.includes('404') && one.includes('runs%2Fnone')),
      missing.join('\n'),
    );
  });

  test('nothing went wrong in the page, and nothing was asked of another machine', () => {
    assert.deepEqual(
      studio.complaints.filter((one) => !one.includes('422')),
      [],
    );
  });
});

describe('a search, and texts without labels', { skip: skipWithoutChromium }, () => {
  const folder = temporaryFolder();
  let studio: OpenedStudio;
  before(async () => {
    copyFileSync(tickets, join(folder, 'tickets.csv'));
    const { texts } = await readDataset(tickets);
    const inbox = texts.slice(0, 60).map((text) => csvLine([`${text} Many thanks`]));
    writeFileSync(join(folder, 'inbox.csv'), [csvLine(['text']), ...inbox].join(''));
    studio = await openStudio(folder);
  });
  after(async () => {
    assert.equal(await studio?.close(), 0);
  });

  test('a search is started from the form, watched on its page, and leads to the run of the best trial', async () => {
    const { page } = studio;
    await studio.go('#/train?source=tickets.csv');
    await page.getByLabel('What to do').selectOption('search');
    await page.locator('[id="field-tune.trials"]').fill('5');
    await page.locator('[id="field-train.epochs"]').fill('2');
    await page.locator('[id="field-model.type"]').selectOption('gru');
    await page
      .getByText(/^unroll tune tickets.csv .*--tune.trials 5/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Start the search' }).click();
    await page.getByRole('heading', { name: 'tickets-1' }).waitFor();
    await page.getByRole('link', { name: 'The run of the best trial' }).waitFor();
    await page.getByText('of 5 trials.').first().waitFor();
    assert.equal(await page.getByRole('region', { name: 'table of trials' }).locator('tbody tr').count(), 5);
    await assertAccessible(studio, 'study');
    await studio.go('');
    await page.getByRole('region', { name: 'Studies' }).getByText('5 of 5').waitFor();
    await page.getByRole('link', { name: 'tickets-1', exact: true }).click();
    await page.getByRole('link', { name: 'The run of the best trial' }).click();
    await page.getByText('test accuracy', { exact: true }).waitFor();
    await page.goBack();
  });

  test('values of the figures are shown under the pointer, and one after another by the arrow keys', async () => {
    const { page } = studio;
    const lines = page.getByRole('slider', { name: 'values of Parameters of all trials' });
    await lines.hover({ position: { x: 200, y: 130 } });
    const figure = page.locator('figure').filter({ has: lines });
    assert.match((await figure.locator('.said').textContent()) ?? '', /^trial \d: .*accuracy 0\.\d+$/);
    await studio.picture('hover');
    const history = page.getByRole('slider', { name: 'values of Optimisation history' });
    await history.focus();
    const said: (string | null)[] = [];
    for (const key of ['Home', 'ArrowRight', 'End']) {
      await page.keyboard.press(key);
      said.push(await history.getAttribute('aria-valuetext'));
    }
    assert.match(said[0] ?? '', /^trial \d: accuracy 0\.\d+$/);
    assert.equal(new Set(said).size, 3, said.join('; '));
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.said').count(), 0);
  });

  test('the next twenty texts are labelled with keys, and joined into a table to train on', async () => {
    const { page } = studio;
    await studio.go('#/data?path=inbox.csv');
    await page.getByText('account, billing, delivery, returns; trained on tickets').first().waitFor();
    await page.getByRole('link', { name: 'Label with runs/tickets-1' }).click();
    const texts = page.getByRole('region', { name: 'Texts' }).getByRole('article');
    await texts.first().waitFor();
    assert.equal(await texts.count(), 20);
    await assertAccessible(studio, 'label');
    await texts.first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('1 text labelled, 59 texts left').waitFor();
    await page.keyboard.press('3');
    await page.getByText('2 texts labelled, 58 texts left').waitFor();
    const given = readFileSync(join(folder, 'inbox.new-labels.csv'), 'utf8');
    assert.match(given, /delivery/, 'the third class');
    await page.getByRole('button', { name: 'Write, and choose settings' }).click();
    await page.getByRole('heading', { name: 'Train a classifier' }).waitFor();
    const joined = await readDataset(join(folder, 'inbox-with-labels.csv'));
    assert.equal(joined.texts.length, 242);
    // the page asks for documents, and is told that the file has no labels
    assert.deepEqual(
      studio.complaints.filter((one) => !one.includes('api/data?path=inbox.csv')),
      [],
    );
  });
});

describe('flipped labels', { skip: skipWithoutChromium }, () => {
  const folder = temporaryFolder();
  const truth: string[] = [];
  const flipped: number[] = [];
  let studio: OpenedStudio;
  before(async () => {
    const { texts, labels, labelNames } = await readDataset(tickets);
    // 2 % of the labels, far apart
    const lines = texts.map((text, i) => {
      const name = labelNames[labels[i]];
      truth.push(name);
      if (i % 50 !== 7) return csvLine([text, name]);
      flipped.push(i);
      return csvLine([text, labelNames[(labels[i] + 1) % labelNames.length]]);
    });
    writeFileSync(join(folder, 'flipped.csv'), [csvLine(['text', 'label']), ...lines].join(''));
    studio = await openStudio(folder);
  });
  after(async () => {
    assert.equal(await studio?.close(), 0);
  });

  test('are found, corrected by one key, and the accuracy before and after is shown', async () => {
    const { page } = studio;
    await studio.go('#/train?source=flipped.csv');
    await page.locator('[id="field-model.type"]').selectOption('linear');
    await page.getByRole('button', { name: 'Start the training' }).click();
    await page.getByText('test accuracy', { exact: true }).waitFor();
    await studio.go('#/data?path=flipped.csv');
    await page.getByRole('button', { name: 'Check the labels' }).click();
    const suspects = page.getByRole('region', { name: 'Label errors' }).getByRole('article');
    await suspects.first().waitFor();
    await assertAccessible(studio, 'labels');
    const rows = await suspects.evaluateAll((all) =>
      all.map((one) => Number(/row (\d+)/.exec(one.getAttribute('aria-label') ?? '')?.[1])),
    );
    const found = flipped.filter((row) => rows.includes(row));
    console.log(`${found.length} of ${flipped.length} flipped labels are among ${rows.length} suspects`);
    assert.ok(found.length >= 0.8 * flipped.length, `found ${found.join(', ')} of ${flipped.join(', ')}`);
    // the person reads each one: Enter where the suggestion is right
    for (const [n, row] of rows.entries()) {
      if (!flipped.includes(row)) continue;
      await suspects.nth(n).focus();
      await page.keyboard.press('Enter');
      await suspects
        .nth(n)
        .getByText(/^corrected: /)
        .waitFor();
    }
    const file = join(folder, 'flipped.corrections.csv');
    const corrections = parseCorrections(readFileSync(file, 'utf8'), file);
    assert.deepEqual(corrections.map(({ row }) => row), found); // prettier-ignore
    assert.ok(corrections.every(({ row, new: label }) => label === truth[row]));
    await page.getByRole('button', { name: 'Train again with corrections' }).click();
    const outcome = page.getByText(/Test accuracy .* before, .* after/);
    await outcome.waitFor();
    console.log((await outcome.textContent())?.trim());
    await studio.picture('before-after');
    await page.getByRole('link', { name: 'Is the difference significant?' }).click();
    await page.getByRole('heading', { name: 'Comparison of 2 runs' }).waitFor();
    await page.getByText('data.corrections').waitFor();
    const values = await page.getByRole('region', { name: 'settings that differ' }).locator('td').allTextContents(); // prettier-ignore
    assert.ok(values.length > 0 && values.every((value) => !value.includes('"')), values.join(' '));
    await assertAccessible(studio, 'compare');
    assert.deepEqual(studio.complaints, []);
  });
});
