/** `unroll report`: runs or a study written up, as HTML, Markdown or LaTeX. */
import { join } from 'node:path';
import { append } from '../../core/lists.ts';
import { shellWord } from '../../core/shell-word.ts';
import {
  buildReport,
  buildStudyReport,
  type Report,
  type ReportFormat,
  reportFormats,
  readRuns,
  writeReport,
} from '../../report/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand, type Invocation } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay, type Say } from '../load-data.ts';
import { readDataOf } from '../report-data.ts';
import { folderName, readStudyArgument, studyArgument, studyOption } from '../study-argument.ts';
import { writeResult } from '../write-result.ts';

/** The report command. */
export const report = defineCommand({
  name: 'report',
  summary: 'Write runs or a study up: data, model, training, search, figures with what they say, comparison.',
  usage: 'RUN ...|STUDY',
  positionals: { min: 1, max: 20 },
  details:
    'Every sentence is made of the numbers in the run folders; several runs are compared as unroll compare does. A folder of runs stands for all runs in it. ' +
    'Where the data can still be read and is what it was, the report has its audit and shows misread documents. HTML is one file that needs no network; ' +
    `Markdown and LaTeX have their figures in a folder beside them. ${studyArgument}`,
  options: {
    study: studyOption,
    output: {
      value: 'DIR',
      short: 'o',
      description: 'folder to write to',
      default: 'RUN for HTML of one run, report/NAME of a study, else report',
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
    {
      command: 'unroll report runs/studies.db --study spam-1',
      does: 'a search, as report/spam-1/report.html',
    },
  ],
  async run({ positionals, values, io }) {
    const formats = values.format.length === 0 ? (['html'] as const) : values.format.map(readFormat);
    const say = createSay(io, values);
    const study = await readStudyArgument(positionals, values.study, say);
    const { written, home } = study
      ? { written: buildStudyReport(study), home: join('report', folderName(study)) }
      : await reportOfRuns(positionals, { formats, noData: values['no-data'], io, say });
    const folder = values.output ?? home;
    const files: string[] = [];
    for (const format of formats) {
      const [document, ...figures] = await writeReport(written, folder, format);
      append(files, [document, ...figures]);
      say(`written to ${join(folder, document)}`);
      if (format === 'latex') {
        say(`typeset it: cd ${shellWord(folder)} && pdflatex ${document} && pdflatex ${document}`);
      }
    }
    writeResult(
      io,
      values,
      { folder, files: [...new Set(files)] },
      () => `${formats.map((format) => join(folder, documentOf(format, files))).join('\n')}\n`,
    );
    return OK;
  },
});

interface RunReportOptions {
  readonly formats: readonly ReportFormat[];
  readonly noData: boolean;
  readonly io: Invocation['io'];
  readonly say: Say;
}

/** The report of runs, and where it is written to by default. */
async function reportOfRuns(
  paths: readonly string[],
  { formats, noData, io, say }: RunReportOptions,
): Promise<{ readonly written: Report; readonly home: string }> {
  const runs = readRuns(paths);
  const dataOf = await readDataOf(noData ? [] : runs, io, say);
  const alone = runs.length === 1 && formats.every((format) => format === 'html');
  return { written: buildReport(runs, { dataOf }), home: alone ? runs[0].run.path : 'report' };
}

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
