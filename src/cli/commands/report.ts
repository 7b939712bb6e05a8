/** `unroll report`: runs written up, as HTML, Markdown or LaTeX. */
import { join } from 'node:path';
import { UnrollError } from '../../core/errors.ts';
import { auditDataset } from '../../data/audit.ts';
import {
  buildReport,
  type ReportData,
  type ReportFormat,
  reportFormats,
  readRuns,
  type RunFacts,
  writeReport,
} from '../../report/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand, type Invocation } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay, loadDataset, type Say } from '../load-data.ts';

/** The report command. */
export const report = defineCommand({
  name: 'report',
  summary: 'Write runs up: data, model, training, figures with what they say, comparison.',
  usage: 'RUN ...',
  positionals: { min: 1, max: 20 },
  details:
    'Every sentence is made of the numbers in the run folders; several runs are compared as unroll compare does. A folder of runs stands for all runs in it. ' +
    'Where the data can still be read and is what it was, the report has its audit and shows misread documents. HTML is one file that needs no network; ' +
    'Markdown and LaTeX have their figures in a folder beside them.',
  options: {
    output: {
      value: 'DIR',
      short: 'o',
      description: 'folder to write to',
      default: 'RUN for HTML of one run, else report',
    },
    format: {
      value: 'html|md|latex',
      description: 'format; may be given more than once',
      default: 'html',
      multiple: true,
    },
    'no-data': { description: 'do not read the data again: no audit, no misread documents' },
    ...commonOptions,
  },
  sections: [],
  examples: [
    { command: 'unroll report runs/spam-1', does: 'one run, as runs/spam-1/report.html' },
    {
      command: 'unroll report runs/rnn runs/bilstm -o paper --format latex',
      does: 'two runs compared, as paper/report.tex',
    },
  ],
  async run({ positionals, values, io }) {
    const formats = values.format.length === 0 ? (['html'] as const) : values.format.map(readFormat);
    const say = createSay(io, values);
    const runs = readRuns(positionals);
    const data = new Map<RunFacts, ReportData>();
    const read = new Map<string, ReportData | undefined>();
    for (const facts of values['no-data'] ? [] : runs) {
      const { description, config } = facts;
      // reading and auditing take a while: runs that read the same data in the same way share it
      const key = JSON.stringify([description?.data, config?.data, config?.text]);
      if (!read.has(key)) read.set(key, await dataOf(facts, io, say));
      const found = read.get(key);
      if (found) data.set(facts, found);
    }
    const written = buildReport(runs, { dataOf: (facts) => data.get(facts) });
    const alone = runs.length === 1 && formats.every((format) => format === 'html');
    const folder = values.output ?? (alone ? runs[0].run.path : 'report');
    const files: string[] = [];
    for (const format of formats) {
      const [document, ...figures] = await writeReport(written, folder, format);
      files.push(document, ...figures);
      say(`written to ${join(folder, document)}`);
      if (format === 'latex') say(`typeset it: cd ${folder} && pdflatex ${document} && pdflatex ${document}`);
    }
    if (values.json) io.out.write(`${JSON.stringify({ folder, files: [...new Set(files)] })}\n`);
    else io.out.write(`${formats.map((format) => join(folder, documentOf(format, files))).join('\n')}\n`);
    return OK;
  },
});

const ENDINGS = { html: '.html', md: '.md', latex: '.tex' } as const;

function documentOf(format: ReportFormat, files: readonly string[]): string {
  return files.find((file) => file.endsWith(ENDINGS[format])) ?? '';
}

function readFormat(name: string): ReportFormat {
  const found = reportFormats.find((format) => format === name);
  if (found) return found;
  throw new UsageError(
    `[command line] --format must be one of ${reportFormats.join(', ')}, but got "${name}".`,
  );
}

/** The data of a run, where it can still be read; a report without it is no reason to fail. */
async function dataOf(
  { config, description, name }: RunFacts,
  io: Invocation['io'],
  say: Say,
): Promise<ReportData | undefined> {
  if (!config || !description) return undefined;
  const { source, hash } = description.data;
  if (source === '-') {
    say(`${name}: the data came from standard input, so that the report has no audit`);
    return undefined;
  }
  try {
    const dataset = await loadDataset(source, config, io, () => undefined);
    if (dataset.hash !== hash) {
      say(`${name}: ${source} has changed since the run, so that the report has no audit`);
      return undefined;
    }
    const audit = auditDataset(dataset, {
      text: config.text,
      nearDuplicates: config.data.near_duplicates,
      trainFraction: config.data.fractions[0],
    });
    return { dataset, audit };
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    say(`${name}: no audit in the report: ${error.message}`);
    return undefined;
  }
}
