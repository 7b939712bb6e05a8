/** The description of a model as plain data, for reports, figures and progress. */
import type { PretrainedRows } from '../nn/layers/embedding.ts';
import type { EquationBlock, NamedSetting } from '../nn/description.ts';
import type { LossDescription } from '../nn/losses/index.ts';

/** A line in a box of a flowchart; numbers are grouped by thousands. */
export type FlowLine = readonly (string | number)[];

/** A box of a flowchart. */
export interface FlowBox {
  /** What it is. */
  readonly title: string;
  /** Shapes, counts, equations. */
  readonly lines: readonly FlowLine[];
  /** `data`: input or output; `layer`: has parameters; `operation`: has none. */
  readonly kind: 'data' | 'layer' | 'operation';
}

/** A row of boxes side by side. */
export interface FlowStage {
  /** From left to right. */
  readonly boxes: readonly FlowBox[];
  /** Label of the arrow that leaves them: a shape. */
  readonly after?: string;
}

/** A parameter as PyTorch names and shapes it. */
export interface ParameterFact {
  /** PyTorch's name. */
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  /** Numbers in it. */
  readonly count: number;
}

/** The sizes of a model that follow from the data. */
export interface ModelSizes {
  /** V, entries of the vocabulary with padding and unknown; of a model without one, its features. */
  readonly vocabularySize: number;
  /** C */
  readonly classes: number;
  /** Rows of the embedding with pretrained vectors. Default none. */
  readonly pretrained?: PretrainedRows;
}

/** A model from the text to the class. */
export interface ModelFlowchart {
  /** From top to bottom. */
  readonly stages: readonly FlowStage[];
  /** What the letters in shapes mean. */
  readonly legend: string;
  /** The part that holds numbers for each entry of the vocabulary, and how many. */
  readonly words: { readonly name: string; readonly count: number };
}

/** How a model learns, for the flowchart of training. */
export type TrainingDescription =
  /** Batch by batch. `forward` and `backward` are the texts of those boxes. */
  | { readonly kind: 'in steps'; readonly forward: FlowBox; readonly backward: FlowBox }
  /** All documents at once. */
  | { readonly kind: 'at once'; readonly stages: readonly FlowStage[] };

/** The description of a model. */
export interface ModelDescription {
  /** In titles: `BiLSTM`. */
  readonly title: string;
  /** In sentences, with its article: `a bidirectional LSTM with 2 layers of 64`. */
  readonly sentence: string;
  /** Rows of tables that compare models, by their names. */
  readonly settings: Readonly<Record<string, string>>;
  /** What limits overfitting: `dropout`, 0.3. */
  readonly regularisation: readonly NamedSetting[];
  /** Its equations, from the text to the probabilities; those of the loss follow. */
  equations(loss: LossDescription): readonly EquationBlock[];
  /** Its flowchart. */
  flowchart(facts: FlowchartFacts): ModelFlowchart;
  /** Its training. */
  training(facts: FlowchartFacts): TrainingDescription;
}

/** What a flowchart needs in addition to the options of the model. */
export interface FlowchartFacts extends ModelSizes {
  /** Most tokens of a document. */
  readonly maxLength: number;
  /** What it was trained with. */
  readonly loss: LossDescription;
  /** Its parameters, from the definition. */
  readonly parameters: readonly ParameterFact[];
}

/** A stage of one box. */
export function box(
  kind: FlowBox['kind'],
  title: string,
  after: string | undefined,
  ...lines: readonly FlowLine[]
): FlowStage {
  return { boxes: [{ title, lines, kind }], ...(after === undefined ? {} : { after }) };
}

/** The numbers in parameters. */
export function countOf(parameters: readonly ParameterFact[]): number {
  return parameters.reduce((sum, { count }) => sum + count, 0);
}

/** The training of a network that reads documents token by token. */
export function trainingInSteps(
  { maxLength, parameters }: FlowchartFacts,
  network: {
    readonly title: string;
    /** What it reads one of after another: `time step`. */
    readonly unit: string;
    readonly backward: string;
    /** More lines in the boxes of the two passes. */
    readonly more?: { readonly forward?: readonly FlowLine[]; readonly backward?: readonly FlowLine[] };
  },
): TrainingDescription {
  const { title, unit, backward, more = {} } = network;
  const most = [title, ', at most ', maxLength, ` ${unit}${maxLength === 1 ? '' : 's'}`];
  const gradients = ['gradients of ', countOf(parameters), ' parameters'];
  return {
    kind: 'in steps',
    forward: { title: 'Forward pass', lines: [most, ...(more.forward ?? [])], kind: 'layer' },
    backward: { title: backward, lines: [gradients, ...(more.backward ?? [])], kind: 'layer' },
  };
}
