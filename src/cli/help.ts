/** Help texts, made from the commands and the config schema. */
import type { ConfigKey } from '../config/keys.ts';
import { presets } from '../config/presets/index.ts';
import { append, maxOf } from '../core/lists.ts';
import { defaultWords } from '../settings/recipe.ts';
import type { Command, OptionSpec } from './command.ts';
import type { Output } from './io.ts';

/** What a help text is written to. */
export type HelpOutput = Pick<Output, 'colors' | 'columns' | 'terminal'>;

/** Widest line, in characters: longer ones are hard to read. */
const WIDEST = 112;

/** `unroll --help`. */
export function programHelp(commands: readonly Command[], version: string, output: HelpOutput): string {
  const { bold } = output.colors;
  const width = widthOf(output);
  const rows = commands.map((c): Row => [`${c.name} ${c.usage}`.trim(), c.summary]);
  return [
    `unroll ${version}: train, measure and use recurrent text classifiers.`,
    '',
    bold('Commands'),
    ...table(rows, output),
    '',
    bold('Everywhere'),
    ...table(
      [
        ['-h, --help', 'help, also of each command: unroll train --help; with --help all, every option'],
        ['--version', 'the version'],
        ['--json', 'results as JSON on standard output'],
        ['-q, --quiet', 'no progress and no notices'],
      ],
      output,
    ),
    '',
    bold('Exit codes'),
    ...wrap(
      '0 done · 1 failed · 2 bad usage or config · 3 bad data · 4 quality gate missed · 5 loss not finite · 130 interrupted',
      width - 2,
    ).map((line) => `  ${line}`),
    '',
    bold('Environment'),
    ...wrap(
      'NO_COLOR, FORCE_COLOR, CI (no progress bar), DEBUG=1 (stack traces), UNROLL_ENGINE (see unroll doctor)',
      width - 2,
    ).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/**
 * `unroll COMMAND --help`: what most people need, on one screen; `--help all` shows every option and config key.
 * @param keys The config keys that the command takes (`command.sections`).
 * @param full Whether to show everything.
 */
export function commandHelp(
  command: Command,
  keys: readonly ConfigKey[],
  output: HelpOutput,
  full = false,
): string {
  const { bold, dim } = output.colors;
  const options = Object.entries(command.options);
  const width = widthOf(output);
  const shown = full ? options : options.filter(([, spec]) => !spec.rare);
  const takesPresets = 'config' in command.options;
  const lines = [
    [bold('unroll'), bold(command.name), command.usage, '[options]'].filter((part) => part !== '').join(' '),
    '',
    ...wrap(command.summary, width),
    '',
    ...wrap(full ? command.details : firstSentence(command.details), Math.min(width, 100)),
    '',
    bold('Options'),
    ...table(shown.map(optionRow), output),
  ];
  if (full && takesPresets) {
    lines.push('', bold('Presets for --config'));
    append(
      lines,
      table(
        presets.map((p): Row => [p.name, p.summary]),
        output,
      ),
    );
  }
  if (full && keys.length > 0) {
    lines.push('', `${bold('Config keys')} (in a config file without the dashes, each under its section)`);
    append(lines, table(keys.map(keyRow), output));
  }
  lines.push('', bold('Examples'));
  for (const { command: line, does } of full ? command.examples : command.examples.slice(0, 2))
    lines.push(`  ${line}`, `      ${dim(does)}`);
  const hidden = [
    count(options.length - shown.length, 'more option'),
    takesPresets && !full ? count(presets.length, 'preset') : '',
    full ? '' : count(keys.length, 'config key'),
  ].filter((part) => part !== '');
  if (hidden.length > 0) lines.push('', `unroll ${command.name} --help all: ${listed(hidden)}`);
  return `${lines.join('\n')}\n`;
}

/** The first sentence: up to a full stop before a capital, so not that of an abbreviation or file name. */
function firstSentence(text: string): string {
  return /^.*?[.](?= [A-Z]|$)/s.exec(text)?.[0] ?? text;
}

/** `3 presets`; nothing for none. */
function count(n: number, noun: string): string {
  return n === 0 ? '' : `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2
    ? parts.join('')
    : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

type Row = readonly [left: string, right: string];

function optionRow([name, spec]: [string, OptionSpec]): Row {
  const short = spec.short ? `-${spec.short}, ` : '';
  const value = spec.value ? ` ${spec.value}` : '';
  const notes = [
    spec.multiple ? 'may be repeated' : undefined,
    spec.config ? `short for --${spec.config}` : undefined,
    spec.default ? `default: ${spec.default}` : undefined,
  ].filter((note) => note !== undefined);
  return [`${short}--${name}${value}`, spec.description + (notes.length > 0 ? ` (${notes.join('; ')})` : '')];
}

function keyRow(key: ConfigKey): Row {
  const plain = key.default === undefined ? '' : showDefault(key.default);
  const value = defaultWords(key.path, plain, showDefault);
  const shown = value === '' ? '' : ` (default: ${value})`;
  return [`--${key.path} ${key.placeholder}`, key.description + shown];
}

function showDefault(value: unknown): string {
  if (Array.isArray(value)) return value.map(showDefault).join(',');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, v]) => (key === 'type' ? String(v) : `${key} ${showDefault(v)}`))
      .join(', ');
  }
  return String(value);
}

/** Two columns; a long left side gets its own line. */
function table(rows: readonly Row[], output: HelpOutput): string[] {
  const { cyan } = output.colors;
  const whole = widthOf(output);
  const fits = rows.map(([left]) => left.length).filter((length) => length <= Math.min(34, whole / 3));
  const width = Math.max(0, maxOf(fits));
  return rows.flatMap(([left, right]) => {
    const wrapped = wrap(right, Math.max(24, whole - 4 - width));
    const indent = ' '.repeat(width + 4);
    const rest = wrapped.slice(1).map((line) => indent + line);
    if (left.length > width) return [`  ${cyan(left)}`, `${indent}${wrapped[0]}`, ...rest];
    return [`  ${cyan(left.padEnd(width))}  ${wrapped[0]}`, ...rest];
  });
}

/** The width of the lines: that of the terminal, if it is narrower. */
function widthOf({ terminal, columns }: HelpOutput): number {
  return terminal ? Math.min(WIDEST, columns) : WIDEST;
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line.length > 0 && line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}
