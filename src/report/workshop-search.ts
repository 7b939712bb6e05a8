/** The searches of a workshop in its report: what was tried, what was best, the log. */
import { formatCount, formatPercent, listing, plural } from '../figures/chart/format.ts';
import { countsText, countTrials, objectivesOf } from '../figures/study/trials.ts';
import { lastAttempts, type ParamValue, trialParams } from '../tune/index.ts';
import type { Block, Section } from './content.ts';
import type { StudyReportFacts } from './study-facts.ts';
import { buildStudyReport } from './study-report.ts';
import { reported } from './workshop-reported.ts';

/** The search for the parameters of a network. */
export interface SearchedNetwork {
  readonly network: 'rnn' | 'bilstm';
  readonly study: StudyReportFacts;
}

/** A search in numbers, as `unroll workshop --json` prints it. */
export interface SearchSummary {
  readonly network: SearchedNetwork['network'];
  readonly study: string;
  readonly storage: string;
  /** Trials; one that was run again counts once. */
  readonly trials: number;
  readonly complete: number;
  readonly pruned: number;
  readonly failed: number;
  /** The best trial; its value is the validation accuracy, unless the search was for something else. */
  readonly best: {
    readonly trial: number;
    readonly value: number;
    readonly params: Readonly<Record<string, ParamValue>>;
  } | null;
}

/** What texts call the networks. */
export const NETWORKS = { rnn: 'RNN', bilstm: 'BiLSTM' } as const;

/** A search in numbers. */
export function summariseSearch({ network, study }: SearchedNetwork): SearchSummary {
  const trials = lastAttempts(study.trials);
  const { complete, pruned, failed } = countTrials(trials);
  const [{ best }] = objectivesOf({ ...study, trials });
  const trial = trials.find(({ number }) => number === best?.trial);
  return {
    network,
    study: study.name,
    storage: study.storage,
    trials: complete + pruned + failed,
    complete,
    pruned,
    failed,
    best: best && trial ? { trial: best.trial, value: best.value, params: trialParams(trial) } : null,
  };
}

/** `20 for the RNN, 40 for the BiLSTM`; undefined where nothing was searched. */
export function trialsText(studies: readonly SearchedNetwork[]): string | undefined {
  if (studies.length === 0) return undefined;
  return studies
    .map((one) => `${formatCount(summariseSearch(one).trials)} for the ${NETWORKS[one.network]}`)
    .join(', ');
}

/** What was searched and found, beside the search of the workshop's own report. */
export function searchSentences(studies: readonly SearchedNetwork[]): string[] {
  const said = studies.map(({ network, study }) => {
    const { trials, best } = summariseSearch({ network, study });
    const value =
      best === null
        ? 'of which none was complete'
        : `the best, trial ${best.trial}, with a validation accuracy of ${formatPercent(best.value)} (the report: ${formatPercent(reported.val_accuracy[network])} in ${reported.trials[network]})`;
    return `${plural(trials, 'trial')} for the ${NETWORKS[network]}, ${value}`;
  });
  const fewer = studies.filter((one) => summariseSearch(one).trials < reported.trials[one.network]);
  return [
    `Here there were ${said.join('; ')}.`,
    ...(fewer.length > 0
      ? [
          `For the ${listing(fewer.map(({ network }) => NETWORKS[network]))} that is a shorter search than the report's.`,
        ]
      : []),
    ...oneDirection(studies),
    'The validation accuracies of these runs chose their settings too, and are optimistic; their test accuracies are not.',
  ];
}

/** The search for the BiLSTM may choose an LSTM that reads in one direction. */
function oneDirection(studies: readonly SearchedNetwork[]): string[] {
  const bilstm = studies.find(({ network }) => network === 'bilstm');
  const params = bilstm && summariseSearch(bilstm).best?.params;
  return params?.['model.bidirectional'] === false
    ? [
        'The best trial for the BiLSTM reads in one direction only, so it is an LSTM; it is still called the BiLSTM here.',
      ]
    : [];
}

/** Sections taken from the report of a study. */
const TAKEN = ['search', 'best-trials', 'course', 'parameters', 'trust', 'search-log'];
/** Figures among them; `unroll report` draws all. */
const FIGURES = ['optimization-history', 'param-importances', 'slice'];

/** The section of the searches: what was tried, how it went, which parameters mattered, every trial. */
export function searchSection(studies: readonly SearchedNetwork[]): Section {
  return {
    id: 'searches',
    title: 'The search for the parameters',
    blocks: [
      {
        kind: 'paragraph',
        text: `The parameters of the ${listing(studies.map(({ network }) => NETWORKS[network]))} were searched for, each in its own study. A trial trains a network and is scored on the validation documents; the run in this report is the best trial, trained again to the same bits.`,
      },
    ],
    sections: studies.map(partOf),
  };
}

function partOf({ network, study }: SearchedNetwork): Section {
  const prefix = `${network}-`;
  const own = (block: Block): Block[] => {
    if (block.kind !== 'figure') return [block];
    return FIGURES.includes(block.id) ? [{ ...block, id: prefix + block.id }] : [];
  };
  const trials = lastAttempts(study.trials);
  return {
    id: `${prefix}study`,
    title: `The search for the ${NETWORKS[network]}`,
    blocks: [
      {
        kind: 'paragraph',
        text: `The study ${study.name} in ${study.storage}: ${countsText(countTrials(trials))}.`,
      },
    ],
    sections: buildStudyReport({ ...study, model: undefined })
      .sections.filter(({ id }) => TAKEN.includes(id))
      .map(({ id, title, blocks, sections = [] }) => ({
        id: prefix + id,
        title,
        blocks: [...blocks, ...sections.flatMap((inner) => inner.blocks)].flatMap(own),
      })),
  };
}
