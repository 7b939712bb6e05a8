/** `unroll report`: runs written up, as HTML, Markdown or LaTeX. */
import { join } from 'node:path';
import { buildReport, type ReportFormat, reportFormats, readRuns, writeReport } from '../../report/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay } from '../load-data.ts';
import { readDataOf } from '../report-data.ts';

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
    const dataOf = await readDataOf(values['no-data'] ? [] : runs, io, say);
    const written = buildReport(runs, { dataOf });
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
