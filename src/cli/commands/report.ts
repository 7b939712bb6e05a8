/** `unroll report`: runs or a study written up, as HTML, Markdown or LaTeX. */
import { join } from 'node:path';
import { shellWord } from '../../core/shell-word.ts';
import { report as writeUp } from '../../jobs/report/report.ts';
import { type ReportFormat, reportFormats } from '../../report/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { fontOption } from '../font-option.ts';
import { studyArgument, studyOption } from '../study-option.ts';
import { writeResult } from '../write-result.ts';

/** The report command. */
export const report = defineCommand({
  name: 'report',
  summary:
    'Write a report of runs or a study: data, model, training, search, figures with their findings, comparison.',
  usage: 'RUN ...|STUDY',
  positionals: { min: 1, max: 20 },
  details:
    'RUN is the folder of a run, or a folder of runs; STUDY a search, such as runs/studies.db. Every sentence is generated from the numbers in the run folders; several runs are compared as unroll compare does. ' +
    'If the data can still be read and has not changed, the report has its audit and shows misclassified documents. HTML is one file that needs no network; ' +
    `Markdown and LaTeX have their figures in a folder next to the document. ${studyArgument}`,
  options: {
    study: studyOption,
    output: {
      value: 'DIR|FILE.html',
      short: 'o',
      description: 'folder to write to, or the file of HTML alone',
      default: 'RUN for HTML of one run, report/NAME of a study, else report',
    },
    format: {
      value: 'html|md|latex',
      description: 'the format of the report',
      default: 'html',
      multiple: true,
    },
    'no-data': { description: 'do not read the data again: no audit, no misclassified documents' },
    explain: {
      description:
        'of one run: explain a few test documents, and list the words of each class; takes seconds to minutes',
    },
    font: fontOption,
    ...commonOptions,
  },
  sections: [],
  examples: [
    { command: 'unroll report runs/spam-1', does: 'one run, as runs/spam-1/report.html' },
    { command: 'unroll report runs/spam-1 --explain', does: 'with test documents explained, word by word' },
    {
      command: 'unroll report runs/rnn runs/bilstm -o paper --format latex',
      does: 'two runs compared, as paper/report.tex',
    },
    {
      command: 'unroll report runs/studies.db --study spam-1',
      does: 'a search, as report/spam-1/report.html',
    },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    const formats = values.format.length === 0 ? (['html'] as const) : values.format.map(readFormat);
    const request = {
      sources: positionals,
      study: values.study,
      formats,
      output: values.output,
      withData: !values['no-data'],
      explain: values.explain,
      font: values.font,
    };
    return withJob(invocation, async (context, say) => {
      const { folder, files, documents } = await writeUp(request, context);
      for (const document of documents.filter((name) => name.endsWith('.tex'))) {
        say(`typeset it: cd ${shellWord(folder)} && pdflatex ${document} && pdflatex ${document}`);
      }
      const paths = () => documents.map((document) => join(folder, document));
      writeResult(io, values, { folder, files }, () => `${paths().join('\n')}\n`);
      return OK;
    });
  },
});

function readFormat(name: string): ReportFormat {
  const found = reportFormats.find((format) => format === name);
  if (found) return found;
  throw new UsageError(
    `[command line] --format must be one of ${reportFormats.join(', ')}, but got "${name}".`,
  );
}
