/**
 * JSON as Python writes it: only ASCII, and the tokens NaN, Infinity and -Infinity, which JSON.parse refuses. Optuna
 * keeps attributes and distributions in it.
 */
import { CorruptFileError } from '../../core/errors.ts';
import { isNestedTooDeep } from '../../core/json.ts';
import type { Attribute } from '../trial/frozen-trial.ts';

/** Most levels of nesting. */
const MAX_DEPTH = 1000;

/**
 * JSON text, such that Python reads the same value. Numbers without fraction become integers.
 * @param options.compact Without spaces. Default false, as Python by default.
 */
export function pythonJson(
  value: Attribute,
  { compact = false }: { readonly compact?: boolean } = {},
): string {
  const [comma, colon] = compact ? [',', ':'] : [', ', ': '];
  const write = (item: Attribute): string => {
    if (typeof item === 'string') return asciiString(item);
    if (typeof item === 'number') return pythonNumber(item);
    if (item === null || typeof item === 'boolean') return String(item);
    if (isList(item)) return `[${item.map(write).join(comma)}]`;
    const entries = Object.entries(item).map(([key, inner]) => `${asciiString(key)}${colon}${write(inner)}`);
    return `{${entries.join(comma)}}`;
  };
  return write(value);
}

function isList(value: Attribute): value is readonly Attribute[] {
  return Array.isArray(value);
}

function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return pythonFloat(value);
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Reads JSON with Python's tokens.
 * @param source Where it stands, for messages.
 * @throws CorruptFileError where it is no JSON even so
 */
export function parsePythonJson(text: string, source: string): Attribute {
  if (isNestedTooDeep(text))
    throw new CorruptFileError(
      source,
      `[${source}] lists and objects must be nested at most 1,000 levels deep, but are deeper. The study is damaged: restore it from a copy.`,
    );
  try {
    return JSON.parse(text) as Attribute;
  } catch {
    // damaged, or with tokens
    return new Reader(text, source).read();
  }
}

const TOKENS = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
] as const;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;

/** A recursive descent over one text. */
class Reader {
  readonly #text: string;
  readonly #source: string;
  #at = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  read(): Attribute {
    const value = this.#value(0);
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#refuse();
    return value;
  }

  #value(depth: number): Attribute {
    if (depth > MAX_DEPTH) throw this.#refuse();
    this.#match(SPACE);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#record(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default: {
        for (const [token, value] of TOKENS) if (this.#take(token)) return value;
        const number = this.#match(NUMBER);
        if (number === undefined) throw this.#refuse();
        return Number(number);
      }
    }
  }

  #list(depth: number): Attribute {
    const items: Attribute[] = [];
    this.#take('[');
    this.#match(SPACE);
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      if (this.#ends(']')) return items;
    }
  }

  #record(depth: number): Attribute {
    const entries: [string, Attribute][] = [];
    this.#take('{');
    this.#match(SPACE);
    if (this.#take('}')) return {};
    for (;;) {
      this.#match(SPACE);
      const key = this.#string();
      this.#match(SPACE);
      if (!this.#take(':')) throw this.#refuse();
      entries.push([key, this.#value(depth + 1)]);
      // fromEntries treats __proto__ like any other key
      if (this.#ends('}')) return Object.fromEntries(entries);
    }
  }

  /** After an item: whether the closing bracket stands there, or else a comma. */
  #ends(bracket: ']' | '}'): boolean {
    this.#match(SPACE);
    if (this.#take(bracket)) return true;
    if (!this.#take(',')) throw this.#refuse();
    return false;
  }

  #string(): string {
    const literal = this.#match(STRING);
    if (literal === undefined) throw this.#refuse();
    try {
      return JSON.parse(literal) as string;
    } catch {
      this.#at -= literal.length;
      throw this.#refuse();
    }
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #refuse(): CorruptFileError {
    const at = this.#at;
    const got = at < this.#text.length ? JSON.stringify(this.#text.slice(at, at + 20)) : 'its end';
    return new CorruptFileError(
      this.#source,
      `[${this.#source}] must hold JSON, but got ${got} at character ${at}. Was the study written by something else?`,
    );
  }
}

/** A float as Python's JSON writes it: 1.0, NaN, -Infinity. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}
