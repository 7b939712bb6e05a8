/**
 * Takes the pictures of docs/studio.md: a text explained while it is typed, and a search, both of the tickets example.
 *
 *     node scripts/with-node.mjs scripts/studio-pictures.ts
 *
 * Writes docs/images/studio-run.png and studio-study.png. Needs Chromium; seeds and data are fixed, times are not shown.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { openStudio } from '../test/studio/open.ts';
import { root } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'tickets-'));
copyFileSync(`${root}examples/tickets.csv`, join(folder, 'tickets.csv'));
const studio = await openStudio(folder);
const { page } = studio;
page.setDefaultTimeout(300_000);
await page.setViewportSize({ width: 900, height: 600 });
const shoot = (name: string, what: Locator) =>
  what.screenshot({ path: `${root}docs/images/studio-${name}.png` });

try {
  await studio.go('#/train?source=tickets.csv');
  await page.locator('[id="field-model.type"]').selectOption('bilstm');
  await page.getByRole('button', { name: 'Start the training' }).click();
  await page.getByText('test accuracy', { exact: true }).waitFor();
  await page
    .getByLabel('A text')
    .fill('My parcel has not arrived yet, and you charged me twice. Where is it?');
  await page.locator('.token').first().waitFor();
  await page.waitForTimeout(1000);
  await shoot('run', page.getByRole('region', { name: 'Try it' }));

  await page.setViewportSize({ width: 560, height: 600 });
  await studio.go('#/train?source=tickets.csv');
  await page.getByLabel('What to do').selectOption('search');
  await page.locator('[id="field-tune.trials"]').fill('30');
  await page.locator('[id="field-train.epochs"]').fill('8');
  await page.locator('[id="field-model.type"]').selectOption('gru');
  await page.getByRole('button', { name: 'Start the search' }).click();
  await page.getByRole('link', { name: 'The run of the best trial' }).waitFor();
  const lines = page.getByRole('slider', { name: 'values of Parameters of all trials' });
  await lines.focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowRight');
  await shoot('study', page.locator('figure').filter({ has: lines }));
} finally {
  await studio.close();
  rmSync(folder, { recursive: true });
}
