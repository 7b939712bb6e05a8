/** `unroll figures`: draws a run (curves, confusions, scores, its data and its network) or a study. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, UnrollError } from '../../core/errors.ts';
import { count } from '../../data/dataset.ts';
import {
  type FigureFormat,
  figureFormats,
  readRunSources,
  renderFigures,
  renderSources,
  usualFormats,
} from '../../figures/node.ts';
import {
  dataFacts,
  figures as family,
  figuresOf,
  getFigure,
  type ThemeName,
  themes,
} from '../../figures/index.ts';
import { readDescription } from '../../run/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand, type Invocation } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay, loadDataset, type Say } from '../load-data.ts';
import { findSource } from '../source.ts';
import { folderName, readStudyArgument, studyArgument, studyOption, withParams } from '../study-argument.ts';
import { writeResult } from '../write-result.ts';

const options = {
  only: { value: 'NAME,…', description: 'these figures alone', default: 'all', multiple: true },
  params: {
    value: 'NAME,…',
    description:
      'parameters of a study to draw, in this order: importances, slices, parallel coordinates, and a map of the first two',
    default: 'all, and a map of the two that matter most',
    multiple: true,
  },
  theme: { value: 'NAME', description: `${Object.keys(themes).join(' or ')}, or both`, default: 'light' },
  format: {
    value: 'NAME,…',
    description: `files to write: ${figureFormats.join(', ')}`,
    default: usualFormats.join(','),
  },
  width: { value: 'N', description: 'width in CSS pixels, 280 to 1600; text keeps its size', default: '400' },
  scale: { value: 'N', description: 'pixels of a PNG for each CSS pixel, 0.5 to 10', default: '3' },
  study: studyOption,
  output: {
    value: 'DIR',
    short: 'o',
    description: 'folder to write to',
    default: 'RUN/figures, or figures/NAME of a study',
  },
  ...commonOptions,
} as const;

/** The names of the figures of a run, or of a study. */
const listed = (subject: 'run' | 'study') =>
  figuresOf(subject)
    .map(({ type }) => type)
    .join(', ');

/** The figures command. */
export const figures = defineCommand({
  name: 'figures',
  summary:
    'Draw a run or a study as SVG, PNG, PDF and CSV: curves, confusions, scores, data, network, search.',
  usage: 'RUN|STUDY',
  positionals: { min: 1, max: 1 },
  details:
    `RUN is the folder of a run, finished or not. Its figures: ${listed('run')}. Those of the data are drawn where the run's data ` +
    `can still be read. ${studyArgument} Its figures: ${listed('study')}. ` +
    'figures.json holds the captions and the texts for screen readers.',
  options,
  sections: [],
  examples: [
    { command: 'unroll figures runs/spam-1', does: 'all figures, into runs/spam-1/figures' },
    {
      command: 'unroll figures runs/spam-1 --only loss-curve,confusion-matrix --format svg',
      does: 'two of them as SVG',
    },
    { command: 'unroll figures runs/spam-1 --theme both --width 640', does: 'wider, light and dark' },
    {
      command: 'unroll figures runs/studies.db --study spam-1',
      does: 'of a search, into figures/spam-1',
    },
    {
      command: 'unroll figures runs/studies.db --study spam-1 --only contour --params train.lr,train.epochs',
      does: 'its map over these two',
    },
  ],
  async run({ positionals, values, io }) {
    const [path] = positionals;
    const only = values.only.flatMap(names);
    for (const type of only) getFigure(type);
    const say = createSay(io, values);
    const found = await readStudyArgument(positionals, values.study, say);
    const params = values.params.flatMap(names);
    if (!found && params.length > 0) {
      throw new UsageError(
        '[command line] --params is for the figures of a study, but got a run. Leave it out.',
      );
    }
    const study = found && withParams(found, params);
    const needed =
      !study &&
      family.some(({ type, needs }) => needs === 'audit' && (only.length === 0 || only.includes(type)));
    const rendered = {
      ...(only.length > 0 ? { only } : {}),
      formats: values.format === undefined ? usualFormats : names(values.format).map(readFormat),
      themes: readThemes(values.theme ?? 'light'),
      width: readNumber('--width', values.width ?? '400', 280, 1600),
      scale: readNumber('--scale', values.scale ?? '3', 0.5, 10),
    };
    const rendering = study
      ? await renderSources({ study }, values.output ?? join('figures', folderName(study)), rendered)
      : await renderFigures(path, {
          ...rendered,
          output: values.output,
          audit: needed ? await factsOf(path, io, say) : undefined,
        });
    const { bold, dim } = io.out.colors;
    writeResult(io, values, rendering, () =>
      rendering.figures
        .map(
          ({ number, title, caption, files }) =>
            `${bold(number === undefined ? title : `Figure ${number}. ${title}`)}  ${dim(files.join(', '))}\n  ${caption}\n`,
        )
        .join(''),
    );
    for (const notice of rendering.notices) say(notice);
    for (const { type, why } of rendering.left_out)
      if (only.includes(type)) say(`${type} is left out: ${why}`);
    say(`${count(rendering.figures.length, 'figure')} in ${rendering.folder}`);
    return OK;
  },
});

/** The facts of a run's data, where it can still be read; a figure less is no reason to fail. */
async function factsOf(path: string, io: Invocation['io'], say: Say) {
  const { run, config } = readRunSources(path);
  if (!config || !existsSync(run.paths.description)) return undefined;
  const { data } = readDescription(run.paths.description);
  if (data.source === '-') {
    say('the data came from standard input: its figures are left out');
    return undefined;
  }
  try {
    const dataset = await loadDataset(findSource(data, ''), config, io, () => undefined);
    if (dataset.hash !== data.hash) {
      say(`${data.source} has changed since the run: the figures of the data are left out`);
      return undefined;
    }
    return dataFacts(dataset, config.text);
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    say(`the figures of the data are left out: ${error.message}`);
    return undefined;
  }
}

function names(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readFormat(name: string): FigureFormat {
  const found = figureFormats.find((format) => format === name);
  if (found) return found;
  throw new ConfigError(
    `[command line] --format must be one of ${figureFormats.join(', ')}, but got "${name}".`,
  );
}

function readThemes(name: string): ThemeName[] {
  if (name === 'light' || name === 'dark') return [name];
  if (name === 'both') return ['light', 'dark'];
  throw new ConfigError(`[command line] --theme must be one of light, dark, both, but got "${name}".`);
}

function readNumber(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high) return value;
  throw new ConfigError(
    `[command line] ${option} must be a number from ${low} to ${high}, but got "${text}".`,
  );
}
