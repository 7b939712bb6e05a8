/** Where the JSON Schema of the configuration is, as seen from a file that names it. */
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of `schema/unroll.schema.json` of this installation, relative to a folder, with forward slashes. */
export function schemaPath(folder: string): string {
  const schema = fileURLToPath(new URL('../../schema/unroll.schema.json', import.meta.url));
  return relative(folder, schema).split(sep).join('/');
}
