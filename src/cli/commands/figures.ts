/** `unroll figures`: draws a run (curves, confusions, scores, its data and its network) or a study. */
import { ConfigError } from '../../core/errors.ts';
import { count } from '../../core/words.ts';
import { figuresOf, type ThemeName, themes } from '../../figures/index.ts';
import { type FigureFormat, figureFormats, usualFormats } from '../../figures/node.ts';
import { drawFigures } from '../../jobs/figures/figures.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { fontOption } from '../font-option.ts';
import { studyArgument, studyOption } from '../study-option.ts';
import { writeResult } from '../write-result.ts';

const options = {
  only: { value: 'NAME,…', description: 'only these figures', default: 'all', multiple: true },
  params: {
    value: 'NAME,…',
    description:
      'parameters of a study to draw, in this order: importances, slices, parallel coordinates, and a map of the first two',
    default: 'all; the map shows the two most important',
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
  font: fontOption,
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
    `RUN is the folder of a run, finished or not; STUDY a search, such as runs/studies.db. Figures of a run: ${listed('run')}. Those of the data are drawn if the run's data ` +
    `can still be read. ${studyArgument} Figures of a study: ${listed('study')}. ` +
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
      does: 'figures of a search, into figures/spam-1',
    },
    {
      command:
        'unroll figures runs/studies.db --study spam-1 --only contour --params train.lr,train.batch_size',
      does: 'a map over these two',
    },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    const only = values.only.flatMap(names);
    const request = {
      source: positionals[0],
      study: values.study,
      params: values.params.flatMap(names),
      only,
      formats: values.format === undefined ? usualFormats : names(values.format).map(readFormat),
      themes: readThemes(values.theme ?? 'light'),
      width: readNumber('--width', values.width ?? '400', 280, 1600),
      scale: readNumber('--scale', values.scale ?? '3', 0.5, 10),
      font: values.font,
      output: values.output,
    };
    return withJob(invocation, async (context, say) => {
      const rendering = await drawFigures(request, context);
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
    });
  },
});

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
