/** Guesses which key was meant by an unknown one. */
import { nearest } from '../core/nearest.ts';
import type { SettingsKeys } from './keys.ts';

/** Names that other libraries have for a key. */
const aliases: Readonly<Record<string, string>> = {
  learning_rate: 'lr',
  max_len: 'max_length',
  batchsize: 'batch_size',
  num_epochs: 'epochs',
  dropout_rate: 'dropout',
  hidden_dim: 'hidden_size',
  vocab_size: 'vocabulary_size',
};

/**
 * Dotted paths of the keys of this name, or of the name that it is an alias of; only that of `section` if it has one.
 */
export function keysNamed(
  { list }: Pick<SettingsKeys, 'list'>,
  name: string,
  section = '',
): readonly string[] {
  const named = (leaf: string) => list.map((k) => k.path).filter((path) => path.endsWith(`.${leaf}`));
  const own = named(name);
  if (own.length > 0 || !Object.hasOwn(aliases, name)) return own;
  const meant = named(aliases[name]);
  const here = meant.filter((path) => path === `${section}.${aliases[name]}`);
  return here.length > 0 ? here : meant;
}

/** The known name that an alias refers to, or else the most similar one. */
export function nearestKey(name: string, known: readonly string[]): string | undefined {
  const meant = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  return meant !== undefined && known.includes(meant) ? meant : nearest(name, known);
}
