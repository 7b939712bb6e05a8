/** The ES module of `unroll export --to web`: loads the model that lies beside it. */
import { load, type LoadOptions } from '../../classifier/load.ts';
import type { TextClassifier } from '../../classifier/text-classifier.ts';

export { explain } from '../../explain/index.ts';

/**
 * Loads the model.
 * @param folder The address of the folder with config.json and the other files. Default that of this module.
 */
export function loadClassifier(
  folder: string | URL = new URL('.', import.meta.url),
  options: LoadOptions = {},
): Promise<TextClassifier> {
  return load(folder, options);
}
