/** The figures job: a run or a study drawn as files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { folderName } from '../../core/folder-name.ts';
import { type DataFacts, dataFacts, figures as family, getFigure } from '../../figures/index.ts';
import {
  openFonts,
  readRunSources,
  renderFigures,
  type RenderOptions,
  type Rendering,
  renderSources,
} from '../../figures/node.ts';
import { readDescription } from '../../run/index.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { readRunData } from '../run-data.ts';
import { findStudy, withParams } from '../study-address.ts';

/** What to draw. */
export interface FiguresRequest extends Omit<RenderOptions, 'audit' | 'fonts'> {
  /** A run folder, or the address of a storage of studies. */
  readonly source: string;
  /** The study, where the storage holds several. */
  readonly study?: string | undefined;
  /** Parameters of a study to draw, in this order. Default all. */
  readonly params?: readonly string[];
  /** A font file for characters that the font of PNG and PDF lacks. Default: the installed fonts. */
  readonly font?: string | undefined;
}

/**
 * Draws figures; those of a run's data where that can still be read.
 * @throws ConfigError for an unknown figure or parameter, and for parameters of a run
 * @throws FileError, CorruptFileError where the run, the study or the font cannot be read
 */
export async function drawFigures(request: FiguresRequest, context: JobContext = {}): Promise<Rendering> {
  const { source, study: name, params = [], only = [], font, ...options } = request;
  for (const type of only) getFigure(type);
  const job = beginJob(context);
  const chosen = { ...options, ...(only.length > 0 && { only }), fonts: await openFonts({ font }) };
  const study = await findStudy([source], name, job);
  if (study) {
    const folder = options.output ?? join('figures', folderName(study.name));
    return renderSources({ study: withParams(study, params) }, folder, chosen);
  }
  if (params.length > 0) {
    throw new ConfigError(
      '[--params] the figures must be those of a study, but these are of a run. Leave it out.',
      {
        key: 'params',
      },
    );
  }
  const needsData = family.some(
    ({ type, needs }) => needs === 'audit' && (only.length === 0 || only.includes(type)),
  );
  return renderFigures(source, { ...chosen, audit: needsData ? await factsOf(source, job) : undefined });
}

/** The facts of a run's data if it can still be read; without them its figures are left out. */
async function factsOf(path: string, job: Job): Promise<DataFacts | undefined> {
  const { run, config } = readRunSources(path);
  if (!config || !existsSync(run.paths.description)) return undefined;
  const description = readDescription(run.paths.description);
  const found = await readRunData(description, config, job);
  if (found.dataset) return dataFacts(found.dataset, config.text);
  const { source } = description.data;
  const { missing, why } = found;
  job.emit({ type: 'data-missing', run: path, source, missing, why, without: 'figures' });
  return undefined;
}
