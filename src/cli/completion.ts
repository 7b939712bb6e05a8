/** Scripts that teach a shell to complete `unroll` and `unrolled`, made from the commands and the config keys. */
import { configKeys } from '../config/keys.ts';
import { presets } from '../config/presets/index.ts';
import type { Command, OptionSpec } from './command.ts';

/** The shells with a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
/** See {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

/** The names that the program is installed under. */
const PROGRAMS = ['unroll', 'unrolled'];

/** An option, as needed for completion. */
interface Completion {
  readonly name: string;
  readonly short?: string | undefined;
  readonly description: string;
  /** Words that it takes; none for any text, such as a number or a name. */
  readonly choices: readonly string[];
  readonly takes: 'nothing' | 'words' | 'text' | 'path';
}

/** The script for a shell, to be sourced when it starts. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const all = commands.map((command) => ({ command, options: completions(command) }));
  switch (shell) {
    case 'bash':
      return bash(all);
    case 'zsh':
      return zsh(all);
    case 'fish':
      return fish(all);
    default:
      return shell satisfies never;
  }
}

type Completed = readonly { readonly command: Command; readonly options: readonly Completion[] }[];

function completions(command: Command): Completion[] {
  const own = Object.entries(command.options).map(([name, spec]) => optionOf(name, spec));
  const keys = configKeys
    .filter(({ path }) => command.sections.includes(path.split('.')[0]))
    .map((key): Completion => {
      const choices = choicesOf(key.placeholder);
      const takes = choices.length > 0 ? 'words' : 'text';
      return { name: key.path, description: key.description, choices, takes };
    });
  return [...own, ...keys];
}

function optionOf(name: string, { short, value, description, config }: OptionSpec): Completion {
  const base = { name, short, description };
  if (value === undefined) return { ...base, choices: [], takes: 'nothing' };
  if (/PRESET/.test(value)) return { ...base, choices: presets.map((preset) => preset.name), takes: 'path' };
  if (/FILE|DIR/.test(value)) return { ...base, choices: [], takes: 'path' };
  const key = configKeys.find(({ path }) => path === config);
  const choices = choicesOf(key?.placeholder ?? value);
  return { ...base, choices, takes: choices.length > 0 ? 'words' : 'text' };
}

/** The words among the alternatives of a placeholder such as `adam|sgd|null`; capitals stand for any text. */
function choicesOf(placeholder: string): string[] {
  const words = placeholder.split('|');
  return words.length < 2 ? [] : words.filter((word) => /^[^A-Z\s]+$/.test(word) || /^NFK?C$/.test(word));
}

/** A text in single quotes, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function bash(all: Completed): string {
  const cases = all.map(({ command, options }) => {
    const names = options.flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
    return `    ${command.name}) words=${quoted(names.join(' '))} ;;`;
  });
  const takers = all.flatMap(({ command, options }) =>
    options
      .filter(({ takes }) => takes !== 'nothing')
      .map(({ name, short, choices, takes }) => {
        const patterns = [`${command.name}:--${name}`, ...(short ? [`${command.name}:-${short}`] : [])];
        const words =
          choices.length > 0 ? `COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current"))` : ':';
        const files = takes === 'path' ? '; COMPREPLY+=($(compgen -f -- "$current"))' : '';
        return `    ${patterns.join('|')}) ${words}${files}; return ;;`;
      }),
  );
  return `# add to ~/.bashrc: source <(unrolled completion bash)
_unroll() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...all.map(({ command }) => command.name), '--help', '--version'].join(' '))} -- "$current"))
    return
  fi
  case "$command:$previous" in
${takers.join('\n')}
  esac
  case "$command" in
${cases.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _unroll ${PROGRAMS.join(' ')}
`;
}

/** A description within an argument of zsh's `_arguments`. */
function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, String.raw`\$&`);
}

function zsh(all: Completed): string {
  const argument = ({ name, short, description, choices, takes }: Completion) => {
    const value = {
      nothing: '',
      text: ':value:',
      words: `:value:(${choices.join(' ')})`,
      path: ':file:_files',
    }[takes];
    const text = `[${zshText(description)}]`;
    const long = quoted(`--${name}${text}${value}`);
    return short ? `${quoted(`-${short}${text}${value}`)} ${long}` : long;
  };
  const cases = all.map(
    ({ command, options }) => `    ${command.name})
      _arguments ${options.map(argument).join(' \\\n        ')} \\
        '*:file:_files' ;;`,
  );
  return `#compdef ${PROGRAMS.join(' ')}
# add to ~/.zshrc after compinit: source <(unrolled completion zsh)
_unroll() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(
${all.map(({ command }) => `      ${quoted(`${command.name}:${command.summary.replaceAll(':', '\\:')}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _unroll ${PROGRAMS.join(' ')}
`;
}

function fish(all: Completed): string {
  const [program, ...others] = PROGRAMS;
  const lines = [
    ...all.map(
      ({ command }) =>
        `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ),
    ...all.flatMap(({ command, options }) =>
      options.map(({ name, short, description, choices, takes }) => {
        const parts = [
          `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}' -l ${name}`,
          short ? `-s ${short}` : '',
          { nothing: '', text: '-x', words: '-x', path: '-r' }[takes],
          choices.length > 0 ? `-a ${quoted(choices.join(' '))}` : '',
          `-d ${quoted(description)}`,
        ];
        return parts.filter((part) => part !== '').join(' ');
      }),
    ),
    ...others.map((other) => `complete -c ${other} -w ${program}`),
  ];
  return `# write it to ~/.config/fish/completions/unroll.fish\n${lines.join('\n')}\n`;
}
