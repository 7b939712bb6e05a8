#!/usr/bin/env node
/** The `unroll` command. */
import { runCli } from './app.ts';
import { processIo } from './io.ts';

process.exitCode = await runCli(process.argv.slice(2), processIo());
