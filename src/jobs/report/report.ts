/** The report job: runs or a study written up, as HTML, Markdown or LaTeX. */
import { folderName } from '../../core/folder-name.ts';
import { basename, dirname, extname, join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { openFonts } from '../../figures/node.ts';
import {
  buildReport,
  buildStudyReport,
  readRuns,
  type Report,
  type ReportFormat,
  writeReport,
} from '../../report/index.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { findStudy } from '../study-address.ts';
import { readDataOf } from './data.ts';
import { explainRun } from './explained.ts';

/** What to write up. */
export interface ReportRequest {
  /** Run folders, folders of runs, or the address of one storage of studies. */
  readonly sources: readonly string[];
  /** The study, where the storage holds several. */
  readonly study?: string | undefined;
  /** Default HTML alone. */
  readonly formats?: readonly ReportFormat[];
  /** Folder to write to, or for HTML alone the file `NAME.html`. Default the run folder for HTML of one run, `report/NAME` of a study, else `report`. */
  readonly output?: string | undefined;
  /** Read the data again, for its audit and misclassified documents. Default true. */
  readonly withData?: boolean;
  /** Explain test documents in the report of one run. Default false: it takes seconds to minutes. */
  readonly explain?: boolean;
  /** A font file for characters that the font of the figures lacks. Default: the installed fonts. */
  readonly font?: string | undefined;
}

/** What was written. */
export interface Reported {
  /** The folder. */
  readonly folder: string;
  /** Names of all files, below the folder. */
  readonly files: readonly string[];
  /** The document of each format, in the order asked for, below the folder. */
  readonly documents: readonly string[];
}

/** Writes a report. @throws FileError, CorruptFileError where a run, study or font cannot be read; ConfigError */
export async function report(request: ReportRequest, context: JobContext = {}): Promise<Reported> {
  const { sources, formats = ['html'] } = request;
  const job = beginJob(context);
  const file = fileOf(request.output, formats);
  const fonts = await openFonts({ font: request.font });
  const study = await findStudy(sources, request.study, job);
  const { built, home } = study
    ? { built: buildStudyReport(study), home: join('report', folderName(study.name)) }
    : await reportOfRuns(request, job);
  const folder = file === undefined ? (request.output ?? home) : dirname(file);
  const documents: string[] = [];
  const files = new Set<string>();
  for (const format of formats) {
    const written = await writeReport(built, folder, format, {
      file: file && basename(file),
      fonts,
      onNotice: job.notice,
    });
    documents.push(written[0]);
    for (const file of written) files.add(file);
    job.emit({ type: 'written', file: join(folder, written[0]) });
  }
  return { folder, files: [...files], documents };
}

/** The output, where it names the file of an HTML report; undefined for a folder. @throws ConfigError for the file of another */
function fileOf(output: string | undefined, formats: readonly ReportFormat[]): string | undefined {
  const extension = extname(output ?? '').toLowerCase();
  if (!['.html', '.htm', '.md', '.tex', '.pdf'].includes(extension)) return undefined;
  if (extension.startsWith('.htm') && formats.every((format) => format === 'html')) return output;
  throw new ConfigError(
    `[-o] the output of ${formats.join(', ')} must be a folder, since the figures of Markdown and LaTeX are files of their own, but got ${output}. Only HTML alone may go to a file, NAME.html.`,
    { key: 'output' },
  );
}

/** The report of runs, and where it is written to by default. */
async function reportOfRuns(
  { sources, formats = ['html'], withData = true, explain = false }: ReportRequest,
  job: Job,
): Promise<{ readonly built: Report; readonly home: string }> {
  const runs = readRuns(sources);
  const dataOf = await readDataOf(withData ? runs : [], job);
  const alone = runs.length === 1 && formats.every((format) => format === 'html');
  if (explain && runs.length > 1)
    job.notice('a report of several runs has no explanations; write one for each run');
  const [first] = runs;
  const explanations = explain && runs.length === 1 ? await explainRun(first, dataOf(first), job) : undefined;
  return { built: buildReport(runs, { dataOf, explanations }), home: alone ? runs[0].run.path : 'report' };
}
