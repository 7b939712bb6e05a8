/** Reads a configuration from a YAML, JSON, TypeScript or JavaScript file, or from a preset's name. Node only. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { ConfigError } from '../core/errors.ts';
import { didYouMean, nearest } from '../core/nearest.ts';
import { type ConfigLayer, type PathStep, isMapping, merge } from './layer.ts';
import { presets } from './presets/index.ts';
import { plainLayer } from './resolve.ts';

const codeExtensions = ['.ts', '.mts', '.js', '.mjs'];
const dataExtensions = ['.yaml', '.yml', '.json'];

/** Options of `loadConfig`. */
export interface LoadOptions {
  /** Whether a preset is searched: its ranges replace its values. Default false. */
  readonly search?: boolean;
}

/**
 * The config layer called `name`: a file (`.yaml`, `.yml`, `.json`, or a module with a default export) where one
 * exists, otherwise a preset. A ConfigError names the file, line and reason, or lists the presets.
 */
export async function loadConfig(name: string, { search = false }: LoadOptions = {}): Promise<ConfigLayer> {
  const extension = extname(name).toLowerCase();
  const looksLikeFile = codeExtensions.includes(extension) || dataExtensions.includes(extension);
  if (existsSync(name) && statSync(name).isFile()) {
    if (codeExtensions.includes(extension)) return loadModule(name);
    return parseConfig(readText(name), basename(name));
  }
  const preset = presets.find((p) => p.name === name);
  if (preset && (preset.search || !search)) {
    const values = search ? merge(preset.config, preset.search) : preset.config;
    return { ...plainLayer(values, `preset ${name}`), complete: preset.fromData !== true, preset: true };
  }
  const names = presets.filter((p) => p.search ?? !search).map((p) => p.name);
  const guess = looksLikeFile ? undefined : nearest(name, names);
  throw new ConfigError(
    looksLikeFile
      ? `[config] the config file must exist, but there is no file ${name}. Check the path.`
      : `[config] a ${search ? 'search' : 'config'} must be a file or one of the presets ${names.join(', ')}, but got "${name}".` +
          didYouMean(guess),
  );
}

/** The config layer of a YAML or JSON text; `file` is its name in messages. A ConfigError gives line and column. */
export function parseConfig(text: string, file: string): ConfigLayer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new ConfigError(
      `[config] ${file} must be valid YAML, but line ${line}, column ${col} is not: ${problem.message}`,
      {
        cause: problem,
      },
    );
  }
  const values = readDocument(document, file);
  return {
    values: withoutSchemaKey(values, file),
    where(path: readonly PathStep[]): string {
      const start = placeOf(document, path);
      return start === undefined
        ? `config file ${file}`
        : `config file ${file} line ${lines.linePos(start).line}`;
    },
  };
}

/** Where a value was written: at its key, for a mapping begins on the line below it. */
function placeOf(document: ReturnType<typeof parseDocument>, path: readonly PathStep[]): number | undefined {
  const around: unknown = document.getIn(path.slice(0, -1), true);
  const pair = isMap(around)
    ? around.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined;
  const node: unknown = pair?.key ?? document.getIn([...path], true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function readDocument(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `[config] ${file} must be plain YAML, but could not be read: ${reason}. Correct it there.`,
      {
        cause: error,
      },
    );
  }
}

function withoutSchemaKey(values: unknown, file: string): unknown {
  if (!isMapping(values)) {
    const got = Array.isArray(values) ? 'a list' : JSON.stringify(values)?.slice(0, 60);
    throw new ConfigError(
      `[config] ${file} must be a mapping with sections such as model and train, but got ${got}.`,
    );
  }
  const { $schema: _, ...rest } = values;
  return rest;
}

async function loadModule(file: string): Promise<ConfigLayer> {
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(resolvePath(file)).href)) as { default?: unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`[config] ${file} must be a module that can be imported, but: ${reason}`, {
      cause: error,
    });
  }
  if (!isMapping(loaded.default)) {
    throw new ConfigError(
      `[config] ${file} must have a configuration as its default export, but has none. Write: export default defineConfig({...}).`,
    );
  }
  return plainLayer(withoutSchemaKey(loaded.default, file), `config file ${basename(file)}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `[config] ${file} must be readable, but: ${reason}. Correct the path, or the rights to read it.`,
      { cause: error },
    );
  }
}
