/** How a study is searched, stored with it for its report: sampler, pruner, seed, scored documents, command. */
import type { SearchConfig } from '../../config/search.ts';
import type { Splits } from '../../data/splits.ts';
import { SEARCH_ATTRIBUTES } from '../../report/study-facts.ts';
import type { Attribute, Study } from '../../tune/index.ts';
import { prunerOf } from '../../tune/options.ts';
import { hidePassword } from '../../tune/storage/sql/url.ts';

/** Stores the settings of the first command on the study; later ones do not change them. */
export async function keepSettings(
  study: Study,
  { tune, example }: SearchConfig,
  { train, val }: Splits,
  argv: readonly string[],
): Promise<void> {
  const key = SEARCH_ATTRIBUTES.settings;
  if ((await study.userAttrs())[key] !== undefined) return;
  const settings = {
    sampler: tune.sampler,
    pruner: prunerOf(tune),
    seed: tune.seed ?? example.train.seed,
    judged: tune.folds === null ? val.length : train.length + val.length,
    command: argv.map(hidePassword),
  };
  await study.setUserAttr(key, settings as Attribute);
}
