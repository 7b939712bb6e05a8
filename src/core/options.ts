/**
 * Options as plain data: the kind of value, its range, default and meaning. Types (`OptionsOf`), the reader
 * (`read-options.ts`) and the zod schema of configs (`schema.ts`) follow from them; so a program that only predicts
 * needs no schema library.
 */

/** Steps to a value: keys, and positions in lists. */
export type OptionPath = readonly (string | number)[];

/** Reports an invalid value: what it must be (`must ...`, or the allowed words), and where below the option. */
export type RefuseOption = (must: string | readonly string[], path?: OptionPath) => void;

/** Bounds of a number. */
export interface Bounds {
  /** At least. */
  readonly min?: number;
  /** Greater than. */
  readonly above?: number;
  /** At most. */
  readonly max?: number;
  /** Less than. */
  readonly below?: number;
}

/** Bounds of the length of a text or list. */
export interface Length {
  /** At least. */
  readonly min?: number;
  /** At most. */
  readonly max?: number;
}

/** The part of a family that an option naming a member needs. */
export interface OptionFamily {
  /** The members' names. */
  readonly names: readonly string[];
  /** A member by its name. */
  get(type: string): { readonly options: OptionsByName };
}

/** What happens to unknown keys of an object. */
export type UnknownKeys = 'refuse' | 'drop' | 'keep';

/** The kinds of values. */
export type OptionKind =
  | ({ readonly kind: 'number' | 'integer' } & Bounds)
  | ({ readonly kind: 'text' } & Length)
  | { readonly kind: 'boolean' | 'null' | 'anything' }
  | { readonly kind: 'choice'; readonly words: readonly string[] }
  | ({ readonly kind: 'list'; readonly of: Option } & Length)
  | { readonly kind: 'tuple'; readonly of: readonly Option[] }
  | { readonly kind: 'map'; readonly of: Option }
  | { readonly kind: 'object'; readonly of: OptionsByName; readonly unknown: UnknownKeys }
  | { readonly kind: 'either'; readonly of: readonly Option[] }
  | { readonly kind: 'member'; readonly of: OptionFamily };

/** An option: a description of a value. `Out` is the type of complete values, `In` that of given values. */
export type Option<Out = unknown, In = unknown> = OptionKind & {
  /** One phrase for help texts and tables. */
  readonly doc?: string;
  /** The default. */
  readonly default?: unknown;
  /** Whether null is allowed. */
  readonly nullable?: boolean;
  /** Whether it may be left out without a default. */
  readonly optional?: boolean;
  /** Converts a value after reading. */
  readonly complete?: (value: never, refuse: RefuseOption) => unknown;
  /** Only for the compiler; never present. */
  readonly types?: { readonly out: Out; readonly in: In };
};

/** Options by name. */
export type OptionsByName = Readonly<Record<string, Option>>;

/** The complete value of an option. */
export type ValueOf<O> = O extends Option<infer Out> ? Out : never;
/** The given value of an option. */
export type GivenOf<O> = O extends Option<unknown, infer In> ? In : never;

/** Keys that may hold undefined may be left out. */
type Loosened<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: T[K];
} extends infer Both
  ? { [K in keyof Both]: Both[K] }
  : never;

/** Complete values of options. */
export type OptionsOf<O extends OptionsByName> = Loosened<{ [K in keyof O]: ValueOf<O[K]> }>;
/** Given values of options: those with a default may be left out. */
export type GivenOptions<O extends OptionsByName> = Loosened<{ [K in keyof O]: GivenOf<O[K]> }>;

/** Properties of any option. */
interface About<N, D> {
  readonly doc?: string;
  readonly nullable?: N;
  readonly default?: D;
}

type Nullable<V, N> = N extends true ? V | null : V;
/** An option of values V, given as G. */
type Made<V, G, N, D> = Option<Nullable<V, N>, Nullable<G, N> | (D extends undefined ? never : undefined)>;

/** A number, not NaN or infinite. */
export function number<N extends boolean = false, D extends number | null | undefined = undefined>(
  about: Bounds & About<N, D> = {},
): Made<number, number, N, D> {
  return { kind: 'number', ...about };
}

/** A whole number that float64 holds exactly. */
export function integer<N extends boolean = false, D extends number | null | undefined = undefined>(
  about: Bounds & About<N, D> = {},
): Made<number, number, N, D> {
  return { kind: 'integer', ...about };
}

/** True or false. */
export function boolean<N extends boolean = false, D extends boolean | null | undefined = undefined>(
  about: About<N, D> = {},
): Made<boolean, boolean, N, D> {
  return { kind: 'boolean', ...about };
}

/** A text. */
export function text<N extends boolean = false, D extends string | null | undefined = undefined>(
  about: Length & About<N, D> = {},
): Made<string, string, N, D> {
  return { kind: 'text', ...about };
}

/** One of some words. */
export function choice<
  const W extends string,
  N extends boolean = false,
  D extends NoInfer<W> | null | undefined = undefined,
>(words: readonly W[], about: About<N, D> = {}): Made<W, W, N, D> {
  return { kind: 'choice', words, ...about };
}

/** Only null, as one of several alternatives. */
export function nothing(): Option<null, null> {
  return { kind: 'null' };
}

/** Any value, also none. */
export function anything(): Option {
  return { kind: 'anything' };
}

/** A list of values of one kind. */
export function list<
  O extends Option,
  N extends boolean = false,
  D extends readonly GivenOf<O>[] | null | undefined = undefined,
>(of: O, about: Length & About<N, D> = {}): Made<ValueOf<O>[], readonly GivenOf<O>[], N, D> {
  return { kind: 'list', of, ...about };
}

/** A list of a fixed length, each place with an option of its own. */
export function tuple<
  const O extends readonly Option[],
  N extends boolean = false,
  D extends readonly unknown[] | null | undefined = undefined,
>(
  of: O,
  about: About<N, D> = {},
): Made<{ -readonly [K in keyof O]: ValueOf<O[K]> }, { readonly [K in keyof O]: GivenOf<O[K]> }, N, D> {
  return { kind: 'tuple', of, ...about };
}

/** Values of one kind under any keys. */
export function map<
  O extends Option,
  N extends boolean = false,
  D extends Readonly<Record<string, GivenOf<O>>> | null | undefined = undefined,
>(of: O, about: About<N, D> = {}): Made<Record<string, ValueOf<O>>, Record<string, GivenOf<O>>, N, D> {
  return { kind: 'map', of, ...about };
}

/**
 * Options by name, such as a section of a config. Keys that it does not know are refused unless `unknown` says
 * otherwise.
 */
export function object<O extends OptionsByName, N extends boolean = false, D = undefined>(
  of: O,
  about: About<N, D> & { readonly unknown?: UnknownKeys } = {},
): Made<OptionsOf<O>, GivenOptions<O>, N, D> & { readonly kind: 'object'; readonly of: O } {
  return { kind: 'object', of, unknown: 'refuse', ...about };
}

/** A value of one kind or another. */
export function either<
  const O extends readonly Option[],
  N extends boolean = false,
  D extends GivenOf<O[number]> | null | undefined = undefined,
>(of: O, about: About<N, D> = {}): Made<ValueOf<O[number]>, GivenOf<O[number]>, N, D> {
  return { kind: 'either', of, ...about };
}

/** An optional value without a default. */
export function optional<O extends Option>(
  option: O,
): Omit<O, 'types'> & Option<ValueOf<O> | undefined, GivenOf<O> | undefined> {
  return { ...option, optional: true } as never;
}

/** An option whose values are converted, or refused, after reading. */
export function completed<O extends Option, Out>(
  option: O,
  complete: (value: ValueOf<O>, refuse: RefuseOption) => Out,
): Omit<O, 'types'> & Option<Out, GivenOf<O>> {
  return { ...option, complete } as never;
}
