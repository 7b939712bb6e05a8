/** Writes schema/unroll.schema.json from the configuration's schema. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileJsonSchema } from '../src/config/json-schema.ts';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('unroll.schema.json', folder), `${JSON.stringify(fileJsonSchema(), null, 2)}\n`);
