#!/usr/bin/env node
/** The installed command. What it imports itself runs in old versions of Node too, so that they can be told. */
import { nodeProblem } from '../core/node-version.ts';

const problem = nodeProblem();
if (problem === undefined) await import('./main.ts');
else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}
