#!/usr/bin/env node
/** The installed command. Its own imports run in old versions of Node too, which then get a clear message. */
import { nodeProblem } from '../core/node-version.ts';

const problem = nodeProblem();
if (problem === undefined) await import('./main.ts');
else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}
