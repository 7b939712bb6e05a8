/** Which models a server has, as they are named on the command line: `RUN`, `NAME=RUN` or `NAME@VERSION=RUN`. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ConfigError } from '../../core/errors.ts';

/** A model to serve. */
export interface ModelSpec {
  /** Its name in requests: letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** A run folder or a model folder. */
  readonly path: string;
}

/**
 * Reads models from arguments. The default name is that of the folder; default versions of a name are `1`, `2`, and
 * so on.
 * @throws ConfigError for a name that requests cannot have, and where two have the same name and version
 */
export function readModelSpecs(given: readonly string[]): ModelSpec[] {
  const specs: ModelSpec[] = [];
  for (const argument of given) {
    const [, name, version, path] = /^([\w.-]+)(?:@([\w.-]+))?=(.+)$/s.exec(argument) ?? [];
    if (name === undefined && /^[^/\\]+=/.test(argument) && !existsSync(argument)) {
      throw new ConfigError(
        `[${argument}] the name and the version of a model must be of letters, digits and . _ -, but are not. Write NAME=RUN, or NAME@VERSION=RUN.`,
      );
    }
    const spec = { name: name ?? nameOf(argument), path: path ?? argument };
    const before = specs.filter((one) => one.name === spec.name);
    const own = version ?? String(before.length + 1);
    const same = before.find((one) => one.version === own);
    if (same) {
      throw new ConfigError(
        `[command line] two models must differ in name or version, but ${same.path} and ${spec.path} are both ${spec.name}@${own}. Name them: NAME@VERSION=RUN.`,
      );
    }
    specs.push({ ...spec, version: own });
  }
  return specs;
}

/** The name of a folder; of the folder `model` in a run, that of the run. */
function nameOf(path: string): string {
  const folder = resolve(path);
  const own = basename(folder) === 'model' ? basename(dirname(folder)) : basename(folder);
  const name = own.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'model' : name;
}
