/** The form of a training: every key of the configuration as a field, the ones that matter most first. */
import { branches, configKeys, schemasAt, sectionNames } from '../config/keys.ts';
import { presets } from '../config/index.ts';
import { recipe } from '../settings/recipe.ts';

/** A field of the form. Its value is a text, as the command line takes it. */
export interface Field {
  /** The key, such as `train.lr`. */
  readonly key: string;
  readonly description: string;
  /** `choice`: one of a list; `text`: anything that `placeholder` describes. */
  readonly kind: 'choice' | 'whole' | 'number' | 'text';
  readonly choices: readonly string[];
  readonly placeholder: string;
  /** The value if the field is left empty. */
  readonly fallback: string;
  readonly min: number | null;
  readonly max: number | null;
}

/** A form. */
export interface SettingsForm {
  readonly presets: readonly { readonly name: string; readonly summary: string }[];
  /** The fields that people change most, in that order. */
  readonly important: readonly Field[];
  /** All others. */
  readonly sections: readonly { readonly name: string; readonly fields: readonly Field[] }[];
}

/** What people change, in this order. */
const IMPORTANT: Readonly<Record<'train' | 'search', readonly string[]>> = {
  train: ['model.type', 'train.epochs', 'train.lr', 'train.batch_size', 'model.hidden_size', 'model.dropout', 'text.max_length', 'train.seed', 'data.text_col', 'data.label_col'], // prettier-ignore
  search: ['tune.trials', 'tune.time_limit', 'tune.objective', 'model.type', 'train.epochs', 'data.text_col', 'data.label_col'], // prettier-ignore
};

/** The form of a training or a search. */
export function settingsForm(kind: 'train' | 'search'): SettingsForm {
  const important = IMPORTANT[kind];
  const names = sectionNames.filter((name) => kind === 'search' || name !== 'tune');
  const fields = configKeys.map(fieldOf);
  return {
    presets: presets
      .filter(({ name }) => (kind === 'search' ? name === 'search' : name !== 'search'))
      .map(({ name, summary }) => ({ name, summary })),
    important: important.flatMap((key) => fields.filter((field) => field.key === key)),
    sections: names.map((name) => ({
      name,
      fields: fields.filter(({ key }) => key.startsWith(`${name}.`) && !important.includes(key)),
    })),
  };
}

/** What descriptions say of null. */
const NULL = /\bnull: ((?:[^;.(]|\.(?=\S))+)/;

function followsFromData(key: string): boolean {
  return recipe.some((rule) => rule.key === key);
}

/** The value of an empty field, in words. */
function fallbackOf(key: string, value: unknown, description: string): string {
  if (key === 'model.type') return 'the better of network and linear model';
  if (followsFromData(key)) return 'follows from the data';
  if (value === null) return NULL.exec(description)?.[1].trim() ?? 'none';
  if (value === undefined) return 'depends on the type';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fieldOf({ path, description, placeholder, default: value }: (typeof configKeys)[number]): Field {
  const schemas = schemasAt(path.split('.')).flatMap(branches);
  const words = schemas.flatMap(
    (one) =>
    one.enum ?? (one.const !== undefined ? [one.const] : one.type === 'boolean' ? [true, false] : one.type === 'null' ? [null] : []), // prettier-ignore
  );
  const open = schemas.filter((one) => one.enum === undefined && one.const === undefined && one.type !== 'boolean' && one.type !== 'null'); // prettier-ignore
  const [only] = open;
  const emptyIsNull = value === null && !followsFromData(path);
  const numeric =
    words.length === 0 && open.length === 1 && (only.type === 'integer' || only.type === 'number');
  return {
    key: path,
    description: emptyIsNull ? description.replace(NULL, 'empty: $1') : description,
    kind: open.length === 0 ? 'choice' : numeric ? (only.type === 'integer' ? 'whole' : 'number') : 'text',
    choices: words.filter((word) => word !== null || !emptyIsNull).map(String),
    placeholder,
    fallback: fallbackOf(path, value, description),
    min: numeric ? (only.minimum ?? only.exclusiveMinimum ?? null) : null,
    max: numeric ? (only.maximum ?? only.exclusiveMaximum ?? null) : null,
  };
}
