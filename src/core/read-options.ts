/** Reads values by their options: fills in defaults, and reports the first invalid value. */
import { ConfigError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Bounds, Length, Option, OptionFamily, OptionPath, RefuseOption } from './options.ts';

/** What is wrong with a value. */
export interface OptionProblem {
  /** Its path. */
  readonly path: OptionPath;
  /** `must ..., but got ...` and the fix. */
  readonly text: string;
  /** The expected type, such as `a number`; undefined if the type is right. */
  readonly kind?: string | undefined;
}

/** A complete value, or a problem. */
export type ReadOption<T = unknown> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: OptionProblem };

/** The problem with its place: `max_length must be at least 1, but got 0.` */
export function problemAt({ path, text }: OptionProblem): string {
  return path.length === 0 ? text : `${path.join('.')} ${text}`;
}

/**
 * The complete value of an option.
 * @param path Prefix of the paths of problems.
 */
export function readOption<Out>(option: Option<Out>, given: unknown, path: OptionPath = []): ReadOption<Out> {
  return read(option, given, path) as ReadOption<Out>;
}

/**
 * The complete value of the option `key`. @throws ConfigError, such as `[text.max_length] must be at least 1, but got
 * 0.`
 */
export function parseOption<Out>(option: Option<Out>, given: unknown, key: string): Out {
  const { value, problem } = readOption(option, given, [key]);
  if (!problem) return value;
  const at = problem.path.join('.');
  throw new ConfigError(`[${at}] ${problem.text}`, { key: at });
}

function read(option: Option, given: unknown, path: OptionPath): ReadOption {
  const value = given === undefined ? option.default : given;
  if ((value === undefined && option.optional) || (value === null && option.nullable)) return { value };
  const found = readKind(option, value, path);
  if (found.problem || !option.complete) return found;
  const problems: OptionProblem[] = [];
  const refuse: RefuseOption = (must, at = []) => {
    const got = at.reduce<unknown>((inner, step) => (isObject(inner) ? inner[step] : undefined), value);
    const where = [...path, ...at];
    const refused = typeof must === 'string' ? wrong(where, must, got) : wrongWord(where, must, got);
    problems.push(refused.problem);
  };
  const completed = option.complete(found.value as never, refuse);
  return problems.length > 0 ? { problem: problems[0] } : { value: completed };
}

function readKind(option: Option, value: unknown, path: OptionPath): ReadOption {
  switch (option.kind) {
    case 'anything':
      return { value };
    case 'null':
      return value === null ? { value } : wrongKind(path, 'null', value);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : wrongKind(path, 'true or false', value);
    case 'number':
      return Number.isFinite(value) ? within(option, value, path) : wrongKind(path, 'a number', value);
    case 'integer':
      return Number.isSafeInteger(value)
        ? within(option, value, path)
        : wrongKind(path, 'a whole number', value);
    case 'text':
      return typeof value === 'string' ? ofLength(option, value, path) : wrongKind(path, 'text', value);
    case 'choice':
      return option.words.includes(value as string) ? { value } : wrongWord(path, option.words, value);
    case 'list':
      return readList(option, value, path);
    case 'tuple':
      return readTuple(option.of, value, path);
    case 'map':
      return isMapping(value)
        ? readEntries(Object.keys(value).map((key) => [key, option.of]), value, path) // prettier-ignore
        : wrongKind(path, A_MAPPING, value);
    case 'object':
      return readObject(option, value, path);
    case 'either':
      return readEither(option.of, value, path);
    case 'member':
      return readMember(option.of, value, path);
    default:
      return option satisfies never;
  }
}

function within({ min, above, max, below }: Bounds, given: unknown, path: OptionPath): ReadOption {
  const value = given as number;
  if (min !== undefined && value < min) return wrong(path, `must be at least ${min}`, value);
  if (above !== undefined && value <= above) return wrong(path, `must be above ${above}`, value);
  if (max !== undefined && value > max) return wrong(path, `must be at most ${max}`, value);
  if (below !== undefined && value >= below) return wrong(path, `must be below ${below}`, value);
  return { value };
}

function ofLength({ min, max }: Length, value: string | readonly unknown[], path: OptionPath): ReadOption {
  const { length } = value;
  const must = `must have a ${typeof value === 'string' ? 'number of characters' : 'length'} of`;
  if (min !== undefined && length < min) return wrong(path, `${must} at least ${min}`, value);
  if (max !== undefined && length > max) return wrong(path, `${must} at most ${max}`, value);
  return { value };
}

function readList(
  { of, ...length }: Length & { readonly of: Option },
  value: unknown,
  path: OptionPath,
): ReadOption {
  if (!Array.isArray(value)) return wrongKind(path, 'a list', value);
  const checked = ofLength(length, value, path);
  return checked.problem ? checked : readAll(value.map(() => of), value, path); // prettier-ignore
}

function readTuple(of: readonly Option[], value: unknown, path: OptionPath): ReadOption {
  if (!Array.isArray(value)) return wrongKind(path, 'a list', value);
  const checked = ofLength({ min: of.length, max: of.length }, value, path);
  return checked.problem ? checked : readAll(of, value, path);
}

function readAll(of: readonly Option[], values: readonly unknown[], path: OptionPath): ReadOption {
  const complete: unknown[] = [];
  for (const [i, option] of of.entries()) {
    const found = read(option, values[i], [...path, i]);
    if (found.problem) return found;
    complete.push(found.value);
  }
  return { value: complete };
}

/** Values by key. A key whose value stays undefined is left out. */
function readEntries(
  of: readonly (readonly [key: string, option: Option])[],
  values: Readonly<Record<string, unknown>>,
  path: OptionPath,
): ReadOption {
  const complete: [string, unknown][] = [];
  for (const [key, option] of of) {
    const found = read(option, Object.hasOwn(values, key) ? values[key] : undefined, [...path, key]);
    if (found.problem) return found;
    if (found.value !== undefined) complete.push([key, found.value]);
  }
  return { value: Object.fromEntries(complete) };
}

function readObject(
  { of, unknown }: Extract<Option, { readonly kind: 'object' }>,
  value: unknown,
  path: OptionPath,
): ReadOption<Record<string, unknown>> {
  if (!isMapping(value)) return wrongKind(path, A_MAPPING, value);
  const known = Object.keys(of);
  const others = Object.keys(value).filter((key) => !Object.hasOwn(of, key));
  const found = readEntries(Object.entries(of), value, path) as ReadOption<Record<string, unknown>>;
  if (found.problem || others.length === 0 || unknown === 'drop') return found;
  if (unknown === 'keep')
    return { value: { ...found.value, ...Object.fromEntries(others.map((key) => [key, value[key]])) } };
  const [key] = others;
  const guess = nearest(key, known);
  const fix = guess ? `Did you mean ${[...path, guess].join('.')}?` : `Known keys: ${known.join(', ')}.`;
  return { problem: { path: [...path, key], text: `is not a known key. ${known.length > 0 ? fix : 'Leave it out.'}` } }; // prettier-ignore
}

/** The first alternative that accepts the value; else the problem of the most likely one. */
function readEither(of: readonly Option[], value: unknown, path: OptionPath): ReadOption {
  const problems: OptionProblem[] = [];
  for (const option of of) {
    const found = read(option, value, path);
    if (!found.problem) return found;
    problems.push(found.problem);
  }
  const meant = problems.find((problem) => problem.kind === undefined || problem.path.length > path.length);
  if (meant) return { problem: meant };
  return wrongKind(path, [...new Set(problems.map(({ kind }) => kind))].join(', or '), value);
}

/** A member's type and its complete options. */
function readMember(family: OptionFamily, value: unknown, path: OptionPath): ReadOption {
  if (!isMapping(value)) return wrongKind(path, A_MAPPING, value);
  const { type, ...given } = value;
  if (typeof type !== 'string' || !family.names.includes(type))
    return wrongWord([...path, 'type'], family.names, type);
  const found = readObject({ kind: 'object', of: family.get(type).options, unknown: 'refuse' }, given, path);
  return found.problem ? found : { value: { ...found.value, type } };
}

const A_MAPPING = 'a mapping of keys to values';

function wrong(path: OptionPath, must: string, got: unknown, kind?: string) {
  return { problem: { path, text: `${must}, but got ${shown(got)}.`, kind } };
}

function wrongKind(path: OptionPath, kind: string, got: unknown) {
  return wrong(path, `must be ${kind}`, got, kind);
}

function wrongWord(path: OptionPath, words: readonly string[], got: unknown) {
  const { problem } = wrongKind(path, words.length === 1 ? words[0] : `one of ${words.join(', ')}`, got);
  const guess = typeof got === 'string' ? nearest(got, words) : undefined;
  return { problem: guess ? { ...problem, text: `${problem.text} Did you mean "${guess}"?` } : problem };
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = (JSON.stringify(value) as string | undefined) ?? `a ${typeof value}`;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isObject(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !Array.isArray(value);
}
