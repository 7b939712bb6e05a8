/**
 * Families: layers, poolings, losses, optimisers, schedules, readers, commands. Adding a member of a family is one
 * file and one line in the family's `index.ts`; names, option types, the config schema, the help texts, the docs
 * table and the conformance tests are derived from that one list.
 */
import { ConfigError } from './errors.ts';
import type { Method } from './method.ts';
import { didYouMean, nearest } from './nearest.ts';
import { object, type Option, type OptionFamily, type OptionsByName, type OptionsOf } from './options.ts';
import { problemAt, readOption } from './read-options.ts';

/** A member of a family: its name, its options, and how to create one. */
export interface Member<
  Type extends string = string,
  Options extends OptionsByName = OptionsByName,
  Args extends readonly never[] | readonly unknown[] = readonly never[],
  Made = unknown,
> {
  /** The name in configs and on the command line. */
  readonly type: Type;
  /** One sentence for help texts and the docs table. */
  readonly summary: string;
  /** The method that reports name for it, with the works that they cite. Default: none. */
  readonly method?: Method;
  /** Its options, each with a default and a `doc`; without `type`. */
  readonly options: Options;
  /** Makes one from complete options. */
  create(options: OptionsOf<Options>, ...args: Args): Made;
}

/** A closed list of members that share what `create` takes and returns. */
export interface Family<Args extends readonly unknown[], Made, Names extends string = string> {
  /** What the family is called in error messages, such as `pooling`. */
  readonly name: string;
  /** The members in the order of their list. */
  readonly members: readonly Member<string, OptionsByName, Args, Made>[];
  /** The members' names. */
  readonly names: readonly string[];
  /** The options with the defaults of those that are left out. @throws ConfigError for one that cannot be used */
  complete(options: TypeAndOptions): TypeAndOptions;
  /** The member called `type`; a ConfigError lists the known names otherwise. */
  get(type: string): Member<string, OptionsByName, Args, Made>;
  /**
   * Makes the member named by `options.type`; options that are left out take their defaults. The compiler checks
   * literal names; a name known only at run time may be any string.
   */
  create<Type extends string>(options: Named<Type, Names>, ...args: Args): Made;
}

/** Options whose `type` is checked against the names if it is a literal. */
type Named<Type extends string, Names extends string> = TypeAndOptions<Type> & {
  readonly type: string extends Type ? string : Names;
};

/** A member that also describes its options as plain data, for reports, flowcharts and sentences. */
export interface DescribedMember<
  Type extends string = string,
  Options extends OptionsByName = OptionsByName,
  Args extends readonly never[] | readonly unknown[] = readonly never[],
  Made = unknown,
  Description = unknown,
> extends Member<Type, Options, Args, Made> {
  /** Title, equations and so on, for complete options. */
  describe(options: OptionsOf<Options>): Description;
}

/** A family whose members all describe themselves. */
export interface DescribedFamily<
  Args extends readonly unknown[],
  Made,
  Description,
  Names extends string = string,
> extends Family<Args, Made, Names> {
  /** The description of the member named by `options.type`; options that are left out take their defaults. */
  describe<Type extends string>(options: Named<Type, Names>): Description;
}

/** A member by its name, with some of its options. */
export interface TypeAndOptions<Type extends string = string> {
  /** The member's name. */
  readonly type: Type;
  /** The others are options. */
  readonly [option: string]: unknown;
}

/** An option that names a member of a family by its type, with its options. */
export function memberOf<N extends boolean = false, D extends null | undefined = undefined>(
  of: OptionFamily,
  about: { readonly doc?: string; readonly nullable?: N; readonly default?: D } = {},
): Option<
  TypeAndOptions | (N extends true ? null : never),
  TypeAndOptions | (N extends true ? null : never) | (D extends undefined ? never : undefined)
> {
  return { kind: 'member', of, ...about };
}

/** Declares a member; the identity function, for the type inference. */
export function member<
  Type extends string,
  Options extends OptionsByName,
  Args extends readonly unknown[],
  Made,
>(definition: Member<Type, Options, Args, Made>): Member<Type, Options, Args, Made> {
  return definition;
}

/** Declares a member that describes itself; the identity function, for the type inference. */
export function describedMember<
  Type extends string,
  Options extends OptionsByName,
  Args extends readonly unknown[],
  Made,
  Description,
>(
  definition: DescribedMember<Type, Options, Args, Made, Description>,
): DescribedMember<Type, Options, Args, Made, Description> {
  return definition;
}

/** Makes a family from its one list: `family<Args, Made>()(name, list)`, so that the names follow from the list. */
export function family<Args extends readonly unknown[], Made>() {
  return <const Names extends string>(
    name: string,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each member has option types of its own
    list: readonly Member<Names, any, Args, Made>[],
  ): Family<Args, Made, Names> => makeFamily(name, list);
}

function makeFamily<Args extends readonly unknown[], Made>(
  name: string,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each member has option types of its own
  list: readonly Member<string, any, Args, Made>[],
): Family<Args, Made> {
  const members = list as readonly Member<string, OptionsByName, Args, Made>[];
  const byType = new Map(members.map((m) => [m.type, m]));
  const names = members.map((m) => m.type);
  const get = (type: string) => {
    const found = byType.get(type);
    if (found) return found;
    const guess = nearest(type, names);
    throw new ConfigError(
      `[${name}] type must be one of ${names.join(', ')}, but got "${type}".${didYouMean(guess)}`,
    );
  };
  return {
    name,
    members,
    names,
    get,
    complete: (options) => ({ type: options.type, ...completeOptions(name, get(options.type), options) }),
    create(options, ...args) {
      const found = get(options.type);
      return found.create(completeOptions(name, found, options), ...args);
    },
  };
}

/** Makes a family of members that describe themselves from its one list, as {@link family}. */
export function describedFamily<Args extends readonly unknown[], Made, Description>() {
  return <const Names extends string>(
    name: string,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each member has option types of its own
    list: readonly DescribedMember<Names, any, Args, Made, Description>[],
  ): DescribedFamily<Args, Made, Description, Names> => {
    const made = makeFamily<Args, Made>(name, list);
    return {
      ...made,
      describe(options) {
        const found = made.get(options.type) as DescribedMember<
          string,
          OptionsByName,
          Args,
          Made,
          Description
        >;
        return found.describe(completeOptions(name, found, options));
      },
    };
  };
}

/** The options of a member with its defaults, without `type`. @throws ConfigError */
function completeOptions(
  family: string,
  { options }: Pick<Member, 'options'>,
  { type, ...given }: TypeAndOptions,
): Record<string, unknown> {
  const { value, problem } = readOption(object(options), given);
  if (problem) throw new ConfigError(`[${family} ${type}] ${problemAt(problem)}`);
  return value;
}

/**
 * The options of all members side by side, for a config that names the member in another key. A key whose default
 * depends on the member is null by default: the member's own default then holds.
 */
export function flatOptions(of: { readonly members: readonly Member[] }): Record<string, Option> {
  const byKey = new Map<string, { type: string; option: Option }[]>();
  for (const { type, options } of of.members) {
    for (const [key, option] of Object.entries(options))
      byKey.set(key, [...(byKey.get(key) ?? []), { type, option }]);
  }
  const merged = [...byKey].map(([key, users]): [string, Option] => {
    const [{ option }] = users;
    const defaults = users.map((user) => JSON.stringify(user.option.default));
    if (new Set(defaults).size === 1) return [key, option];
    const each = users.map(({ type }, n) => `${type} ${defaults[n]}`).join(', ');
    const doc = `${option.doc ?? key}; null: the default of the type (${each})`;
    return [key, { ...option, nullable: true, default: null, doc }];
  });
  return Object.fromEntries(merged);
}

/**
 * The options of member `type` among flat options.
 * @param at Where they are, such as `train`, and the key that names the member, such as `optimizer`.
 * @throws ConfigError where an option of another member is set: it would have no effect.
 */
export function pickOptions(
  of: { readonly members: readonly Member[]; get(type: string): Member },
  type: string,
  flat: Readonly<Record<string, unknown>>,
  at: { readonly section: string; readonly key: string },
): Record<string, unknown> {
  const known = of.get(type).options;
  const picked: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(flatOptions(of))) {
    const value = flat[key];
    if (value === undefined || value === null) continue;
    if (key in known) picked[key] = value;
    else if (JSON.stringify(value) !== JSON.stringify(option.default)) {
      const users = of.members.filter((m) => key in m.options).map((m) => m.type);
      throw new ConfigError(
        `[${at.section}.${key}] must be left out with ${at.section}.${at.key} ${type}, which does not know it, but got ` +
          `${JSON.stringify(value)}. It belongs to ${users.join(', ')}.`,
        { key: `${at.section}.${key}` },
      );
    }
  }
  return picked;
}
