/** The provenance of runs: their environment, and how to repeat them. */
import { renderConfig } from '../config/render.ts';
import { shellWord } from '../core/shell-word.ts';
import { plural } from '../figures/chart/format.ts';
import type { RunDescription } from '../run/index.ts';
import { SIDE_BY_SIDE } from './compare-tables.ts';
import type { Block, Section, Table } from './content.ts';
import type { RunFacts } from './run-facts.ts';

const FACTS: readonly (readonly [name: string, of: (run: RunDescription) => string | undefined])[] = [
  [
    'Versions',
    ({ versions }) =>
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
  ],
  ['System', ({ machine }) => `${machine.platform} ${machine.release}, ${machine.arch}`],
  ['Processor', ({ machine }) => `${machine.cpu}, ${plural(machine.cores, 'core')}`],
  ['Memory', ({ machine }) => `${machine.memory_gib} GiB`],
  ['Kernels', ({ kernel, threads }) => `${kernel}, ${plural(threads, 'thread')}`],
  ['Started', ({ started }) => started],
  ['Finished', ({ finished }) => finished],
];

/** Versions and machine of the runs: a column each if they are few, else what they share and a row each. */
export function environmentSection(runs: readonly RunFacts[]): Section {
  const rows = FACTS.map(([name, of]) => ({
    name,
    values: runs.map(({ description }) => (description && of(description)) ?? '–'),
  }));
  const table = (caption: string, head: readonly string[], cells: readonly (readonly string[])[]): Table => ({
    kind: 'table',
    caption,
    head,
    words: true,
    rows: cells,
  });
  const same = rows.filter(({ values }) => new Set(values).size === 1);
  const own = rows.filter(({ values }) => new Set(values).size > 1);
  const blocks =
    runs.length <= SIDE_BY_SIDE
      ? [
          table(
            'Where the training ran.',
            ['', ...runs.map(({ name }) => name)],
            rows.map(({ name, values }) => [name, ...values]),
          ),
        ]
      : [
          ...(same.length > 0
            ? [
                table(
                  'Where all runs were trained.',
                  ['', 'All runs'],
                  same.map(({ name, values }) => [name, values[0]]),
                ),
              ]
            : []),
          ...(own.length > 0
            ? [
                table(
                  'Where each run was trained.',
                  ['Run', ...own.map(({ name }) => name)],
                  runs.map((run, i) => [run.name, ...own.map(({ values }) => values[i])]),
                ),
              ]
            : []),
        ];
  return { id: 'environment', title: 'Environment', blocks };
}

/** Command, seed, hash of the data and configuration; of several runs every command, and the configuration of the first. */
export function reproduceSection(runs: readonly RunFacts[]): Section {
  const section = { id: 'reproduce', title: 'How to reproduce it' };
  if (runs.length === 1) return { ...section, blocks: ofRun(runs[0]) };
  const described = runs.filter(({ description }) => description !== undefined);
  const lacking = runs.filter(({ description }) => description === undefined).map(({ name }) => name);
  const [first] = described;
  return {
    ...section,
    blocks: [
      {
        kind: 'code',
        language: 'sh',
        text: described.flatMap((run) => [`# ${run.name}`, commandOf(run)]).join('\n'),
      },
      ...(lacking.length > 0 ? [unknown(lacking.join(', '))] : []),
      ...(described.length > 0 ? [provenance(first)] : []),
      ...(described.length > 0
        ? configBlocks(first, `The complete configuration of ${first.name}; the comparison has what differs:`)
        : []),
    ],
  };
}

function ofRun(facts: RunFacts): Block[] {
  if (!facts.description) return [unknown('The run')];
  return [
    { kind: 'code', language: 'sh', text: commandOf(facts) },
    provenance(facts),
    ...configBlocks(facts, 'The complete configuration, with every default:'),
  ];
}

function unknown(names: string): Block {
  return {
    kind: 'paragraph',
    text: `${names}: the folder has no description.json, so the command is not known.`,
  };
}

function commandOf({ description }: RunFacts): string {
  return `unroll ${(description?.command ?? []).map(shellWord).join(' ')}`;
}

function provenance({ description }: RunFacts): Block {
  return {
    kind: 'paragraph',
    text: [
      `Unroll ${description?.versions['unroll'] ?? ''}, seed ${description?.seed ?? ''}, data with the hash `,
      { code: description?.data.hash ?? '' },
      '. The same version, configuration, seed and data give the same weights to the bit, on any machine and with any number of threads.',
    ],
  };
}

function configBlocks({ config }: RunFacts, caption: string): Block[] {
  if (!config) return [];
  return [
    { kind: 'paragraph', text: caption },
    { kind: 'code', language: 'yaml', text: renderConfig(config).trimEnd() },
  ];
}
