/** What the training of a type of model needs: values of `train`, where the user sets none. */
const trainings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // the first four as unroll scratch has them; the others are what plain SGD does without
  scratch: {
    optimizer: 'sgd',
    lr: 3,
    batch_size: 8,
    schedule: { type: 'cosine', warmup_steps: 0 },
    weight_decay: 0,
    label_smoothing: 0,
    clip_norm: null,
  },
};

/** The values that `model.type` needs; undefined where it has those of every model. */
export function trainingOf(type: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof type === 'string' && Object.hasOwn(trainings, type) ? trainings[type] : undefined;
}
