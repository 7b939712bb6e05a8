#!/usr/bin/env node
/** The `unroll` command. */
import { enableCompileCache } from 'node:module';

// a second start then takes a fraction of the first one's time; the rest is loaded after it is on
enableCompileCache();
const [{ runCli }, { processIo }] = await Promise.all([import('./app.ts'), import('./io.ts')]);

process.exitCode = await runCli(process.argv.slice(2), processIo());
