/** Loads new model files as their user will, and compares predictions. */
import { load } from '../classifier/load.ts';
import { UnsupportedError } from '../core/errors.ts';
import type { Check, ExportInput } from './target.ts';

/** Compares what the files predict with what the model does. @throws UnsupportedError where a bit differs */
export async function reloaded(
  files: ReadonlyMap<string, Uint8Array>,
  { classifier, texts }: Pick<ExportInput, 'classifier' | 'texts'>,
): Promise<Check> {
  const copy = await load(files);
  try {
    const theirs = copy.predictProba(texts);
    const ours = classifier.predictProba(texts);
    const largest = ours.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs[i])), 0);
    if (largest === 0) return { texts: texts.length, largest };
    throw new UnsupportedError(
      `[export] the exported files must give the probabilities of the model, but they differ by ${largest.toExponential(1)}. ` +
        'Nothing was written; this is a bug in Unroll: please report it with the model.',
    );
  } finally {
    await copy.close();
  }
}
