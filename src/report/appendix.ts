/** The appendix of a report of several runs: each setting's model, and the results of each of its runs. */
import type { Comparison } from './compare-types.ts';
import { type Block, type Section, sentences } from './content.ts';
import { figureBlocks } from './figure-blocks.ts';
import { lossAnalysis } from './analysis.ts';
import { classTable, resultSentences } from './results-section.ts';
import type { RunFacts } from './run-facts.ts';
import { dropsOut, modelSection, settingsTable } from './run-sections.ts';
import { scratchSection } from './scratch-section.ts';

/** Most runs whose figures are all in the appendix; for more runs it has only the confusion matrices. */
const FEW = 4;

/** A section for each setting, with the runs in it. */
export function detailsSection(runs: readonly RunFacts[], { settings }: Comparison): Section {
  const few = runs.length <= FEW;
  return {
    id: 'details',
    title: 'Details',
    appendix: true,
    blocks: [
      {
        kind: 'paragraph',
        text: `The model and the training of each setting, and what each run got. ${few ? '' : 'The report of a single run shows more: '}`,
      },
      ...(few
        ? []
        : [{ kind: 'code', language: 'sh', text: `unroll report ${runs[0].run.path}` } satisfies Block]),
    ],
    sections: settings.map(({ name, runs: names }, s) => {
      const own = runs.filter((run) => names.includes(run.name));
      const [first] = own;
      const id = `setting-${s + 1}`;
      const { figure } = figureBlocks(first.sources, `${id}-`);
      const model = modelSection(first, few ? figure : () => []);
      const ofSetting = [first.scratch && scratchSection(first.scratch, figure), model].filter(
        (section) => section !== undefined,
      );
      return {
        id,
        title: names.length === 1 ? name : `${name} (${names.length} seeds)`,
        blocks: settingsTable(first),
        sections: [
          ...ofSetting.map((section) => ({ ...section, id: `${id}-${section.id}` })),
          ...own.map((run) => runSection(run, `run-${runs.indexOf(run) + 1}`, few)),
        ],
      };
    }),
  };
}

function runSection(run: RunFacts, id: string, few: boolean): Section {
  const { figure } = figureBlocks(run.sources, `${id}-`);
  const { evaluation, history } = run.sources;
  return {
    id,
    title: `Run ${run.name}`,
    blocks: [
      ...(evaluation ? [classTable(evaluation)] : []),
      ...(few ? figure('loss-curve') : []),
      ...(history
        ? sentences(lossAnalysis(history, { dropout: run.config ? dropsOut(run.config) : true }))
        : []),
      ...(few ? figure('accuracy-curve') : []),
      ...figure('confusion-matrix'),
      ...(evaluation ? sentences(resultSentences(evaluation)) : []),
      ...(few ? [...figure('per-class-accuracy'), ...figure('reliability')] : []),
    ],
  };
}
