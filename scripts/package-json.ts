/** This package's own package.json, typed as far as the scripts and tests read it. */
import { readFileSync } from 'node:fs';
import { root } from './house.ts';

/** One entry of `exports`: the source (for this repository), the types and the built file. */
export interface ExportTarget {
  readonly 'unrolled-source': string | { readonly browser: string; readonly default: string };
  /** What a browser gets in its place, where that is another module. */
  readonly browser?: { readonly types: string; readonly default: string };
  readonly types: string;
  readonly default: string;
}

/** The fields of package.json that scripts and tests read. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, ExportTarget | string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** The parsed file. */
export const packageJson = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as PackageJson;
