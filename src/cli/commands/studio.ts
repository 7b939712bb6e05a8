/** `unroll studio`: a local web application for the runs, studies and data of a folder. */
import { spawn } from 'node:child_process';
import { FileError } from '../../core/errors.ts';
import { startStudio } from '../../studio/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { sentencesOf } from '../words/events.ts';
import { OK } from '../exit-codes.ts';
import { createSay } from '../say.ts';
import { searchWords } from '../words/search.ts';
import { writeResult } from '../write-result.ts';

const options = {
  port: { value: 'N', short: 'p', description: 'port; 0 picks a free one', default: '4321' },
  'no-open': { description: 'do not open the browser' },
  ...commonOptions,
} as const;

/** The studio command. */
export const studio = defineCommand({
  name: 'studio',
  summary: 'Look at runs, studies and data in the browser, correct labels, train and try classifiers.',
  usage: '[DIR]',
  positionals: { min: 0, max: 1 },
  details:
    'DIR is the folder to show, by default this one: the studio reads and writes nothing outside of it, and only this machine can reach it. ' +
    'Nothing is sent anywhere. Ctrl-C ends it; a running training is saved and can be resumed. The page /teach trains in the browser itself.',
  options,
  sections: [],
  examples: [
    { command: 'unroll studio', does: 'the runs and data of this folder' },
    { command: 'unroll studio projects/tickets --port 0', does: 'another folder, on any free port' },
  ],
  async run({ positionals, values, io }) {
    const port = readPort(values.port ?? '4321');
    const [dir = '.'] = positionals as readonly [string?];
    const words = (event: Parameters<typeof sentencesOf>[0]) => [
      ...sentencesOf(event),
      ...searchWords(event),
    ];
    enter(dir);
    const running = await startStudio({ dir: '.', port, words, now: io.now });
    writeResult(io, values, { url: running.url }, () => `${running.url}\n`);
    createSay(io, values)('Ctrl-C ends the studio');
    if (!values['no-open'] && io.out.terminal) openBrowser(running.url);
    await new Promise<void>((resolve) => {
      io.watchInterrupt(() => {
        resolve();
      });
    });
    if (!values.quiet) io.err.write('Stopping; a running training is saved.\n');
    await running.stop();
    return OK;
  },
});

/** Changes to the folder: relative paths in runs and studies refer to it. @throws FileError */
function enter(dir: string): void {
  try {
    process.chdir(dir);
  } catch (cause) {
    throw new FileError(
      dir,
      `[${dir}] there must be a folder, but there is none. Make it, or correct the path.`,
      {
        cause,
      },
    );
  }
}

function readPort(text: string): number {
  const port = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new UsageError(`[command line] --port must be a whole number from 0 to 65535, but got "${text}".`);
}

/** Asks the system to open a page; if that fails, the address is on the screen. */
function openBrowser(url: string): void {
  const programs: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ['open'],
    win32: ['cmd', '/c', 'start'],
  };
  const [program, ...args] = programs[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
