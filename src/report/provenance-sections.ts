/** Where runs come from: their environment, and how to repeat them. */
import { renderConfig } from '../config/render.ts';
import { shellWord } from '../core/shell-word.ts';
import { plural } from '../figures/chart/format.ts';
import type { Block, Section } from './content.ts';
import type { RunFacts } from './run-facts.ts';

/** Versions and machine of each run, side by side. */
export function environmentSection(runs: readonly RunFacts[]): Section {
  const row = (name: string, cell: (facts: RunFacts) => string | undefined) => [
    name,
    ...runs.map((facts) => cell(facts) ?? '–'),
  ];
  return {
    id: 'environment',
    title: 'Environment',
    blocks: [
      {
        kind: 'table',
        caption: 'Where the training ran.',
        head: ['', ...runs.map(({ name }) => name)],
        words: true,
        rows: [
          row(
            'Versions',
            ({ description }) =>
              description &&
              Object.entries(description.versions)
                .map(([name, version]) => `${name} ${version}`)
                .join(', '),
          ),
          row(
            'System',
            ({ description }) =>
              description &&
              `${description.machine.platform} ${description.machine.release}, ${description.machine.arch}`,
          ),
          row(
            'Processor',
            ({ description }) =>
              description && `${description.machine.cpu}, ${plural(description.machine.cores, 'core')}`,
          ),
          row('Memory', ({ description }) => description && `${description.machine.memory_gib} GiB`),
          row(
            'Kernels',
            ({ description }) =>
              description && `${description.kernel}, ${plural(description.threads, 'thread')}`,
          ),
          row('Started', ({ description }) => description?.started),
          row('Finished', ({ description }) => description?.finished),
        ],
      },
    ],
  };
}

/** Command, seed, hash of the data and configuration of each run. */
export function reproduceSection(runs: readonly RunFacts[]): Section {
  const own = (facts: RunFacts): Block[] => {
    const { description, config } = facts;
    if (!description)
      return [
        { kind: 'paragraph', text: 'The run folder holds no description, so that its command is not known.' },
      ];
    return [
      { kind: 'code', language: 'sh', text: `unroll ${description.command.map(shellWord).join(' ')}` },
      {
        kind: 'paragraph',
        text: [
          `Unroll ${description.versions['unroll'] ?? ''}, seed ${description.seed}, data with the hash `,
          { code: description.data.hash },
          '. The same version, configuration, seed and data give the same weights to the bit, on any machine and with any number of threads.',
        ],
      },
      ...(config
        ? ([
            { kind: 'paragraph', text: 'The complete configuration, with every default:' },
            { kind: 'code', language: 'yaml', text: renderConfig(config).trimEnd() },
          ] satisfies Block[])
        : []),
    ];
  };
  const section = { id: 'reproduce', title: 'How to reproduce it' };
  if (runs.length === 1) return { ...section, blocks: own(runs[0]) };
  return {
    ...section,
    blocks: [],
    sections: runs.map((facts, i) => ({ id: `reproduce-${i + 1}`, title: facts.name, blocks: own(facts) })),
  };
}
