/** `unroll completion`: a script that teaches a shell to complete commands, options and their values. */
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { OK } from '../exit-codes.ts';
import { loadCommands } from './index.ts';

const { help } = commonOptions;

/** The completion command. */
export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a completion script for bash, zsh or fish.',
  usage: SHELLS.join('|'),
  positionals: { min: 1, max: 1 },
  details:
    'bash: add "source <(unroll completion bash)" to ~/.bashrc. zsh: add "source <(unroll completion zsh)" to ~/.zshrc after compinit. ' +
    'fish: unroll completion fish > ~/.config/fish/completions/unroll.fish.',
  options: { help },
  sections: [],
  examples: [{ command: 'unroll completion bash', does: 'the script for bash, on standard output' }],
  async run({ positionals: [name], io }) {
    const shell = SHELLS.find((known) => known === name);
    if (!shell) {
      throw new UsageError(
        `[command line] the shell must be one of ${SHELLS.join(', ')}, but got "${name}".`,
      );
    }
    io.out.write(completionScript(shell, await loadCommands()));
    return OK;
  },
});
