/** What the workshop's own report states about its data and results, and how its file is recognised. */

/** Documents of each class in the workshop's file: politics, sport, technology, entertainment, business. */
const CLASSES = [417, 511, 401, 386, 510] as const;

/** The names that the workshop gives to the labels 0 to 4 of its file. */
export const workshopLabels: Readonly<Record<string, string>> = {
  0: 'Politics',
  1: 'Sport',
  2: 'Technology',
  3: 'Entertainment',
  4: 'Business',
};

/** Whether a data set is the workshop's file, recognised by its numbers of classes and documents. */
export function isWorkshopData(counts: ArrayLike<number>): boolean {
  const ascending = (list: ArrayLike<number>) => Array.from(list).sort((a, b) => a - b);
  return JSON.stringify(ascending(counts)) === JSON.stringify(ascending(CLASSES));
}

/** Whether the labels are the numbers that {@link workshopLabels} has names for, each with its own documents. */
export function hasWorkshopNumbers(labels: readonly string[], counts: ArrayLike<number>): boolean {
  return (
    labels.length === CLASSES.length &&
    CLASSES.every((n, id) => labels[id] === String(id) && counts[id] === n)
  );
}

/** The results that the report gives; proportions in [0, 1]. "About" is its own wording. */
export const reported = {
  split: [1780, 222, 223],
  /** 148 and 199 of 222. */
  val_accuracy: { rnn: 0.6667, bilstm: 0.8964 },
  val_loss: { bilstm: 0.7123 },
  /** In words: the report has no exact test results. */
  test_accuracy: { rnn: 'below 80 %', bilstm: 'about 84 to 85 %' },
  /** A proportion in the middle of the reported range, for its interval. */
  test_about: { bilstm: 0.845 },
  stopped: 'epoch 50 to 55, after 2 or 3 drops of the learning rate',
  confusions: 'Politics as Business, Entertainment and Technology for each other',
  type_coverage: 0.0825,
  trials: { rnn: 20, bilstm: 40 },
  tokens: 50,
} as const;

/** Test accuracies of other models on the same documents: measured by us, not in the report. */
export const others = {
  /** The BiLSTM with the same parameters in PyTorch, random splits, three seeds. */
  pytorch: [0.951, 0.919, 0.87],
  /** TF-IDF and a linear support vector machine, mean and standard deviation of five folds. */
  svm: { first50: [0.964, 0.008], whole: [0.983, 0.007] },
} as const;
