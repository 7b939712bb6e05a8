/**
 * The tables of the docs that follow from lists in the code. In a page, a table stands between
 * `<!-- table: NAME -->` and `<!-- end -->`; `npm run tables` writes them anew, a test checks that they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, commonOptions } from '../src/cli/command.ts';
import { loadCommands } from '../src/cli/commands/index.ts';
import { configKeys, sectionNames } from '../src/config/keys.ts';
import { presets } from '../src/config/presets/index.ts';
import type { OptionsByName } from '../src/core/options.ts';
import { knownDatasets } from '../src/data/known/index.ts';
import { readers } from '../src/data/readers/index.ts';
import { type Metric, metrics } from '../src/evaluate/metrics/index.ts';
import { exportTargets } from '../src/export/targets/index.ts';
import { figures } from '../src/figures/index.ts';
import { models } from '../src/models/family.ts';
import { layers } from '../src/nn/layers/index.ts';
import { averages } from '../src/nn/averages/index.ts';
import { losses } from '../src/nn/losses/index.ts';
import { optimizers } from '../src/nn/optim/index.ts';
import { poolings } from '../src/nn/pooling/index.ts';
import { schedules } from '../src/nn/schedules/index.ts';
import { rangeWords } from '../src/settings/keys.ts';
import { defaultWords } from '../src/settings/recipe.ts';
import { augmentations } from '../src/train/augmentation/index.ts';
import { tokenizers } from '../src/text/tokenizers/index.ts';
import { pruners } from '../src/tune/pruners/index.ts';
import { samplers } from '../src/tune/samplers/index.ts';
import { vectorFormats } from '../src/vectors/formats/index.ts';
import { namedVectors } from '../src/vectors/named/index.ts';
import { ENTRIES, specifier } from './entries.ts';
import { ROOMS, root } from './house.ts';

/** The pages with tables. */
export const TABLE_PAGES = ['docs/reference.md', 'ARCHITECTURE.md'] as const;

interface Listed {
  readonly type: string;
  readonly summary: string;
  readonly options: OptionsByName;
}

/** A pipe would end a cell; and prose does not need the full stop that a sentence of a help text may have. */
const cell = (text: string) => text.replace(/[|_*<[]/g, '\\$&').replace(/\.$/, '');
const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return ['<!-- prettier-ignore -->', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function members(list: readonly Listed[]): string {
  const options = (member: Listed) =>
    Object.entries(member.options).map(([name, option]) => {
      const { default: value, optional, doc = '' } = option;
      const given = value !== undefined ? `, default ${shown(value)}` : optional ? '' : ', required';
      const range = 'min' in option || 'above' in option || 'max' in option ? rangeWords(option) : '';
      // some phrases have it already
      const within =
        range === '' || doc.includes(range) ? '' : `, ${/^[[(]/.test(range) ? 'in ' : ''}${cell(range)}`;
      return `${code(name)}${given}${within}: ${cell(doc)}`;
    });
  const withOptions = list.some((member) => options(member).length > 0);
  return table(
    withOptions ? ['name', 'what it is', 'options'] : ['name', 'what it is'],
    list.map((member) => [
      code(member.type),
      cell(member.summary),
      ...(withOptions ? [options(member).join('<br>')] : []),
    ]),
  );
}

const SHOWN: Readonly<Record<Metric['rank'], string>> = {
  headline: 'everywhere',
  table: 'in tables',
  detail: 'in `test.json`',
};

function metricsTable(): string {
  const end = (value: number) => (value === Infinity ? '∞' : String(value));
  return table(
    ['name', 'what it is', 'from', 'to', 'better', 'shown'],
    metrics.map(({ type, summary, range: [low, high], better, rank }) => [
      code(type),
      cell(summary),
      end(low),
      end(high),
      better,
      SHOWN[rank],
    ]),
  );
}

const shown = (value: unknown) => (value === undefined ? '' : code(JSON.stringify(value)));

function configSection(section: string): string {
  const keys = configKeys.filter(({ path }) => path.startsWith(`${section}.`));
  return table(
    ['key', 'value', 'range', 'default', 'meaning'],
    keys.map((key) => [
      code(key.path),
      code(key.placeholder),
      cell(key.range),
      defaultWords(key.path, shown(key.default), shown),
      cell(key.description),
    ]),
  );
}

/** The options of a command but those that all have. */
function optionsTable({ options }: Command): string {
  const own = Object.entries(options).filter(([name]) => !Object.hasOwn(commonOptions, name));
  return table(
    ['option', 'default', 'meaning'],
    own.map(([name, { value, short, default: given, config, multiple, description }]) => [
      code(`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`),
      cell(given ?? ''),
      cell(description) +
        (multiple ? '; may be repeated' : '') +
        (config === undefined ? '' : `; short for ${code(config)}`),
    ]),
  );
}

const commands = await loadCommands();

/** Every table by its name in the pages. */
export const tables: Readonly<Record<string, () => string>> = {
  readers: () => members(readers.members),
  'known data sets': () => members(knownDatasets.members),
  tokenizers: () => members(tokenizers.members),
  'vector formats': () => members(vectorFormats.members),
  'named vectors': () => members(namedVectors.members),
  models: () =>
    table(
      ['values of `model.type`', 'what it is'],
      models.map(({ types, summary }) => [types.map(code).join(', '), cell(summary)]),
    ),
  layers: () => members(layers.members),
  poolings: () => members(poolings.members),
  losses: () => members(losses.members),
  optimizers: () => members(optimizers.members),
  schedules: () => members(schedules.members),
  averages: () => members(averages.members),
  augmentations: () => members(augmentations.members),
  metrics: metricsTable,
  samplers: () => members(samplers.members),
  pruners: () => members(pruners.members),
  presets: () =>
    table(
      ['name', 'what it is'],
      presets.map(({ name, summary }) => [code(name), cell(summary)]),
    ),
  figures: () =>
    table(
      ['name', 'what it shows'],
      figures.map(({ type, summary }) => [code(type), cell(summary)]),
    ),
  'export targets': () =>
    table(
      ['name', 'what it writes'],
      exportTargets.map(({ type, summary }) => [code(type), cell(summary)]),
    ),
  commands: () =>
    table(
      ['command', 'what it does'],
      commands.map(({ name, usage, summary }) => [code(`unroll ${name} ${usage}`.trim()), cell(summary)]),
    ),
  'command options': () =>
    commands
      .filter(({ options }) => Object.keys(options).some((name) => !Object.hasOwn(commonOptions, name)))
      .map((command) => `### unroll ${command.name}\n\n${optionsTable(command)}`)
      .join('\n\n'),
  config: () => sectionNames.map((name) => `### ${name}\n\n${configSection(name)}`).join('\n\n'),
  rooms: () =>
    table(
      ['folder', 'holds', 'runs in'],
      ROOMS.map(({ name, holds, runs, nodeOnly = [] }) => [
        code(`src/${name}`),
        cell(holds),
        runs === 'node'
          ? 'Node'
          : `browser, Node${nodeOnly.length > 0 ? ` (${nodeOnly.map(code).join(', ')}: Node)` : ''}`,
      ]),
    ),
  entries: () =>
    table(
      ['import from', 'source', 'runs in'],
      ENTRIES.map(({ subpath, module, runs, browser }) => [
        code(specifier({ subpath })),
        [module, ...[browser ?? []].flat()].map((name) => code(`src/${name}.ts`)).join(', in a browser '),
        runs === 'browser' || browser !== undefined ? 'browser, Node' : 'Node',
      ]),
    ),
};

/** A page with its tables as they should be. @throws Error for a table that is unknown or has no end */
export function withTables(page: string): string {
  return page.replace(
    /<!-- table: (.*?) -->([^]*?)<!-- (end|table: .*?) -->/g,
    (_all: string, name: string, _old: string, end: string) => {
      if (end !== 'end') throw new Error(`the table ${name} must close with <!-- end -->`);
      if (!Object.hasOwn(tables, name)) {
        throw new Error(`a table must be one of ${Object.keys(tables).join(', ')}, but got ${name}`);
      }
      return `<!-- table: ${name} -->\n\n${tables[name]()}\n\n<!-- end -->`;
    },
  );
}

if (import.meta.main) {
  for (const page of TABLE_PAGES) writeFileSync(root + page, withTables(readFileSync(root + page, 'utf8')));
}
