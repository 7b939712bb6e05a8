#!/usr/bin/env node
/** The `unroll` command. */
import { enableCompileCache } from 'node:module';

// with the compile cache, later starts take a fraction of the time; the rest is imported once it is on
enableCompileCache();
const [{ runCli }, { processIo }] = await Promise.all([import('./app.ts'), import('./io.ts')]);

process.exitCode = await runCli(process.argv.slice(2), processIo());
