/** The format of explanations; plain JSON. */

/** The ways to explain. */
export const explainMethods = ['auto', 'integrated-gradients', 'occlusion', 'attention', 'weights'] as const;

/** A way to explain, or the one that suits the model. */
export type ExplainMethod = (typeof explainMethods)[number];

/** Where integrated gradients starts: with zero vectors (padding), or with the vector of `<UNK>` for every token. */
export const explainBaselines = ['pad', 'unk'] as const;

/** See {@link explainBaselines}. */
export type ExplainBaseline = (typeof explainBaselines)[number];

/** How a text is explained. */
export interface ExplainOptions {
  /**
   * `integrated-gradients` for networks and ensembles, `weights` for the linear model, `occlusion` for any model, `attention` for
   * networks with attention pooling. Default `auto`: weights where the model has them, else integrated gradients, else occlusion.
   */
  readonly method?: ExplainMethod;
  /** The class to explain. Default the predicted one. */
  readonly label?: string;
  /** For integrated gradients. Default `pad`. */
  readonly baseline?: ExplainBaseline;
  /** Largest completeness gap of integrated gradients, above 0. Default 0.01. From 0.05 on, it begins with 5 gradients in place of 17. */
  readonly maxGap?: number;
  /** Gradients that integrated gradients computes, about at most: with 5, or with 2 for long texts, a first look whose gap may be large. Default 4,096. */
  readonly maxSteps?: number;
  /** Asked between two passes of the model; where it says true, the explanation ends with InterruptedError. Default: never. */
  readonly stop?: () => boolean;
}

/** A token of the text and how much it supports the class. */
export interface ExplainedToken {
  /** As the model reads it: normalised, or a part of a word. */
  readonly text: string;
  /** Its first UTF-16 code unit in the text as given; left out where the place is not known. */
  readonly start?: number;
  /** The code unit after its last one. */
  readonly end?: number;
  /** Above 0: for the class; below 0: against it. What it measures follows from the method. */
  readonly weight: number;
}

/** How much each token of a text supports one class. */
export interface Explanation {
  /**
   * What the weights are:
   * - `integrated-gradients`: parts of the difference between the probability and that of the baseline, to which they add up
   * - `occlusion`: how much the probability falls when the model does not read the token
   * - `attention`: proportions of the pooled vector, 1 in all, the mean over heads; never below 0, and of no class
   * - `weights`: parts of the linear score of the class, to which they and the bias add up
   */
  readonly method: Exclude<ExplainMethod, 'auto'>;
  /** The class that is explained. */
  readonly label: string;
  /** Its probability, as predicted. */
  readonly probability: number;
  /** The probability of every class, by its name. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** The tokens that the model reads, in the order of the text. */
  readonly tokens: readonly ExplainedToken[];
  /** Tokens of the text beyond `text.max_length`, which the model does not read. */
  readonly unread: number;
  /** Of integrated gradients: the baseline, and the probability of the class there. */
  readonly baseline?: { readonly vectors: ExplainBaseline; readonly probability: number };
  /**
   * Completeness gap of integrated gradients: |Σ weights - (probability - baseline)| as a proportion of |probability - baseline|,
   * or of 0.001 where that is larger.
   */
  readonly gap?: number;
  /** Of integrated gradients: how often the gradient was computed. */
  readonly steps?: number;
  /**
   * Of integrated gradients: the total height of jumps of the probability along the path, steps within a millionth of
   * it. A jump is divided among the tokens in proportion to the gradient next to it. Left out if there is none.
   */
  readonly jumped?: number;
  /** Of weights: what the score of the class is without any token. */
  readonly bias?: number;
}

/** Differences of probabilities below this count as this much where a proportion of them is taken. */
export const LEAST_DIFFERENCE = 1e-3;
