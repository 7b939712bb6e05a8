/** `--to html`: one page with the model in it, which classifies and explains offline. */
import { modelOf } from '../../models/family.ts';
import { packFiles, unpackFiles } from '../pack.ts';
import { pageHtml } from '../page/html.ts';
import { optionsOf } from '../refuse.ts';
import { reloaded } from '../reload.ts';
import { type ExportInput, exportTarget } from '../target.ts';
import { modelFiles } from './files.ts';

/** What the page is meant to have at most: enough for a mail. */
export const PAGE_BYTES = 2_000_000;

/** The page. */
export const html = exportTarget({
  type: 'html',
  summary: 'one web page that classifies and explains texts offline, with the model in it, in 8 bits or less',
  output: { kind: 'file', ending: '.html' },
  small: PAGE_BYTES,
  async export(input) {
    const model = await packFiles(modelFiles(input.files));
    const script = await input.programs.page();
    const page = pageHtml({ title: input.name, about: aboutOf(input), script, model });
    return {
      files: new Map([[`${input.name}.html`, new TextEncoder().encode(page)]]),
      check: await reloaded(await unpackFiles(model), input),
    };
  },
});

/** `A bidirectional LSTM with 1 layer of 64 that sorts texts into ham and spam.` */
function aboutOf({ files }: ExportInput): string {
  const { labelNames } = files.config;
  const first = labelNames.slice(0, 8).join(', ');
  const classes = `${labelNames.length} classes: ${first}${labelNames.length > 8 ? ', …' : ''}`;
  const options = files.members ? undefined : optionsOf(files);
  const sentence = options
    ? modelOf(options).describe(options).sentence
    : `the average of ${files.members?.length} models`;
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}, for ${classes}.`;
}
