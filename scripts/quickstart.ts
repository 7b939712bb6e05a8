/**
 * `npm run quickstart`: the whole way on the known data set `spam`. Trains a small bidirectional LSTM to tell spam from
 * wanted mail, measures it on mails that it has not seen, and lets the saved model judge two new ones.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MAILS } from './quickstart-mails.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const RUN = 'runs/quickstart';

/** Runs the command line as a user would, showing the command first; ends this process when it fails. */
function unroll(...args: string[]): void {
  const shown = args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ');
  console.error(`\n$ npm run -s unroll -- ${shown}`);
  const { status, signal } = spawnSync(process.execPath, ['src/cli/main.ts', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === 0) return;
  process.exit(signal ? 130 : (status ?? 1));
}

unroll('train', 'spam', '-c', 'quickstart', '-o', RUN, '--force');
unroll('predict', RUN, ...MAILS);
console.error(`
Done: data read, network trained and measured, model saved. The run is in ${RUN}.
Your own data: npm run -s unroll -- train FILE.csv      More: README.md, npm run -s unroll -- --help`);
