/**
 * The model card: `README.md` of a model folder, with the front matter that Hugging Face's hub reads and a text made
 * of the run's own numbers.
 */
import { stringify } from 'yaml';
import { type Metric, type MetricName, tableMetrics } from '../../evaluate/metrics/index.ts';

/** A measured result, such as an `Evaluation`: metrics by their names, intervals under keys like `accuracy_ci95`. */
export interface CardResults extends Readonly<Partial<Record<MetricName, number>>> {
  /** Documents it was measured on. */
  readonly documents: number;
  /** Metrics of each class, in [0, 1], and its number of documents. */
  readonly per_class: readonly {
    readonly label: string;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly support: number;
  }[];
  /** Rows are the truth. */
  readonly confusion_matrix: readonly (readonly number[])[];
}

/** The content of the card. */
export interface ModelCard {
  /** Title; the run's name. */
  readonly name: string;
  /** Option values by key, as in the resolved config; `model.type` names the network. */
  readonly model: Readonly<Record<string, unknown>>;
  /** Option values of the text pipeline by key. */
  readonly text: Readonly<Record<string, unknown>>;
  /** Number of trained parameters. */
  readonly params: number;
  /** [C] names of the classes. */
  readonly labelNames: readonly string[];
  /** V, with padding and unknown. */
  readonly vocabularySize: number;
  /** What it was trained on. */
  readonly data: {
    readonly name: string;
    /** Hash of the documents and labels. */
    readonly hash: string;
    /** Documents of each part. */
    readonly train: number;
    readonly val: number;
    readonly test: number;
    /** Facts about the data, such as duplicates or dropped rows, one sentence each. */
    readonly notices?: readonly string[];
  };
  /** How it was trained. */
  readonly training: {
    readonly seed: number;
    /** Left out for a model that is fitted at once. */
    readonly epochs?: number;
    /** 1-based; left out likewise. */
    readonly bestEpoch?: number;
    /** The command that trained the model, as a line for a shell. */
    readonly command?: string;
  };
  /** Results on the test part; left out if it was not tested, which the card then says. */
  readonly test?: CardResults;
  /** Version of Unroll that wrote it. */
  readonly unrollVersion: string;
  /** Code of the texts' language, such as `en`; left out where unknown. */
  readonly language?: string;
  /** Licence of the weights, as the hub names it; left out where not decided. */
  readonly license?: string;
}

/** The text of the model card. */
export function writeModelCard(card: ModelCard): string {
  const sections = [
    `# ${escape(card.name)}`,
    introduction(card),
    `## Use\n\n\`\`\`sh\nnpx unrolled predict path/to/this/folder "A text to classify"\n\`\`\``,
    ...results(card),
    intendedUse(card),
    limits(card),
    trainingData(card),
    settings(card),
  ];
  return `---\n${stringify(frontMatter(card), { lineWidth: 0 })}---\n\n${sections.join('\n\n')}\n`;
}

function frontMatter({
  name,
  data,
  test,
  language,
  license,
  model,
  training,
}: ModelCard): Record<string, unknown> {
  return {
    ...(language === undefined ? {} : { language }),
    ...(license === undefined ? {} : { license }),
    library_name: 'unroll',
    pipeline_tag: 'text-classification',
    tags: [
      'text-classification',
      ...(training.epochs === undefined ? [] : ['recurrent-neural-network']),
      String(model['type']),
    ],
    'model-index': test
      ? [
          {
            name,
            results: [
              {
                task: { type: 'text-classification', name: 'Text Classification' },
                dataset: { name: data.name, type: data.name, split: 'test', args: { hash: data.hash } },
                metrics: measured(test).map(([{ type, title, hub = { type } }, value]) => ({
                  type: hub.type,
                  name: `Test ${title}`,
                  value: round(value),
                  ...(hub.args ? { args: hub.args } : {}),
                })),
              },
            ],
          },
        ]
      : undefined,
  };
}

function introduction({ model, params, labelNames, data, training }: ModelCard): string {
  const direction = model['bidirectional'] === true ? 'bidirectional ' : '';
  const { epochs, bestEpoch } = training;
  const type = String(model['type']);
  const what = epochs === undefined ? `${type} classifier` : `${direction}${type.toUpperCase()}`;
  const kept =
    bestEpoch === epochs
      ? ''
      : `; the weights are those of epoch ${bestEpoch}, the best on the validation documents`;
  const learned = epochs === undefined ? '' : ` for ${epochs} epochs${kept}`;
  const names = labelNames.slice(0, 20).map((label) => `\`${code(label)}\``);
  const more = labelNames.length > 20 ? ` and ${labelNames.length - 20} more` : '';
  return (
    `A ${what} with ${params.toLocaleString('en-US')} parameters that sorts a text into ` +
    `one of ${labelNames.length} classes: ${names.join(', ')}${more}. It was trained on ` +
    `${escape(data.name)}${learned}.`
  );
}

function results({ test, data }: ModelCard): string[] {
  if (!test) return ['## Results\n\nThis model was not measured on test documents.'];
  const rows = measured(test).map(([{ type, title, inFull = title }, value]) => [
    inFull.charAt(0).toUpperCase() + inFull.slice(1),
    value.toFixed(4),
    interval(test, type),
  ]);
  const classes = test.per_class.map(({ label, precision, recall, f1, support }) => [
    escape(label),
    ...[precision, recall, f1].map((value) => value.toFixed(3)),
    String(support),
  ]);
  return [
    `## Results\n\nOn ${test.documents} test documents of ${escape(data.name)}, which took no part in training. The intervals come from ` +
      `resampling these documents: another test set of this size could give any value within them.`,
    table(['Measure', 'Value', 'Interval'], rows),
    table(['Class', 'Precision', 'Recall', 'F1', 'Documents'], classes),
  ];
}

/** The metrics of a card, with their values. */
function measured(test: CardResults): (readonly [Metric<MetricName>, number])[] {
  return tableMetrics.flatMap((metric) => {
    const value = test[metric.type];
    return value === undefined ? [] : [[metric, value] as const];
  });
}

function intendedUse({ labelNames, data }: ModelCard): string {
  return (
    `## Intended use\n\nSorting texts like those of ${escape(data.name)} into the ${labelNames.length} classes above. Every text gets one of ` +
    `them, even a text that fits none: look at the score, and let a person decide where an error costs something.`
  );
}

function limits({ test, text, vocabularySize, training }: ModelCard): string {
  const lines: string[] = [];
  const length = text['max_length'];
  const steps = training.epochs !== undefined;
  if (steps && typeof length === 'number') {
    const end = { head: 'first', tail: 'last' }[String(text['truncation'])];
    lines.push(
      end === undefined
        ? `Of a long text only the beginning and the end are read, ${length} tokens together.`
        : `Of a long text only the ${end} ${length} tokens are read.`,
    );
  }
  const known = steps
    ? `It knows ${(vocabularySize - 2).toLocaleString('en-US')} tokens; all others count as one unknown token.`
    : `It knows ${vocabularySize.toLocaleString('en-US')} features of its training documents; it ignores the rest of a text.`;
  lines.push(`${known} It does not know other languages, or words that came up after its training data.`);
  if (test) {
    const seen = test.per_class.filter(({ support }) => support > 0);
    const weakest = seen.reduce((a, b) => (b.f1 < a.f1 ? b : a));
    lines.push(
      `Its weakest class is ${escape(weakest.label)}, with an F1 of ${weakest.f1.toFixed(3)} on ${weakest.support} documents.`,
    );
    const confusion = worstConfusion(test);
    if (confusion) lines.push(confusion);
    const rare = seen.filter(({ support }) => support < 30).map(({ label }) => escape(label));
    if (rare.length > 0) {
      lines.push(
        `The results of ${rare.slice(0, 10).join(', ')}${rare.length > 10 ? ', …' : ''} rest on fewer than 30 documents each.`,
      );
    }
  }
  lines.push('It repeats the errors and the bias of the labels it was trained on.');
  return `## Limits\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function worstConfusion({ confusion_matrix: matrix, per_class }: CardResults): string | undefined {
  let worst = { truth: 0, predicted: 0, count: 0 };
  matrix.forEach((row, truth) =>
    row.forEach((count, predicted) => {
      if (truth !== predicted && count > worst.count) worst = { truth, predicted, count };
    }),
  );
  if (worst.count === 0) return undefined;
  const { label, support } = per_class[worst.truth];
  return `Its most frequent mistake is to take ${escape(label)} for ${escape(per_class[worst.predicted].label)}: ${worst.count} of ${support} documents.`;
}

function trainingData({ data }: ModelCard): string {
  const notices = (data.notices ?? []).map((notice) => `- ${escape(notice)}`);
  return [
    `## Training data\n\n${escape(data.name)}: ${data.train} documents to train, ${data.val} to validate, ${data.test} to test. SHA-256 of the documents and labels: \`${code(data.hash)}\`.`,
    ...(notices.length > 0 ? [notices.join('\n')] : []),
  ].join('\n\n');
}

function settings({ model, text, training, unrollVersion }: ModelCard): string {
  const rows = [
    ...Object.entries(model).map(([key, value]) => [`\`model.${code(key)}\``, `\`${code(shown(value))}\``]),
    ...Object.entries(text).map(([key, value]) => [`\`text.${code(key)}\``, `\`${code(shown(value))}\``]),
    ['`train.seed`', `\`${training.seed}\``],
  ];
  const command =
    training.command === undefined ? [] : [`\`\`\`sh\n${training.command.replaceAll('```', '')}\n\`\`\``];
  return [
    `## Settings\n\nTrained with Unroll ${escape(unrollVersion)}.`,
    ...command,
    table(['Key', 'Value'], rows),
  ].join('\n\n');
}

/** `0.951 to 0.985 (95 %)` from a key such as `accuracy_ci95`, or a dash. */
function interval(results: CardResults, metric: string): string {
  for (const [key, value] of Object.entries(results) as [string, unknown][]) {
    const [, level] = /^(?:.*)_ci([\d.]+)$/.exec(key.startsWith(`${metric}_ci`) ? key : '') ?? [];
    if (level !== undefined && Array.isArray(value)) {
      const [low, high] = value as number[];
      return `${low.toFixed(4)} to ${high.toFixed(4)} (${level} %)`;
    }
  }
  return '–';
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function round(value: number): number {
  return Number(value.toFixed(6));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Text escaped for Markdown. */
function escape(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#~$]/g, (char) => (char === '<' ? '&lt;' : `\\${char}`));
}

/** Text for the inside of a code span, also within a table. */
function code(text: string): string {
  return oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|');
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
