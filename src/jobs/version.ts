/** The version of the package. */
import { readFileSync } from 'node:fs';

/** The version of the package, from its package.json. */
export function packageVersion(): string {
  // the same distance to package.json from src/jobs and from dist/jobs
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
