/**
 * How the code blocks of the docs are run. Everything a page shows is one story: its blocks run from top to bottom in
 * one folder, which begins with `examples/`. What the word and attributes behind the fence mean:
 *
 * - `sh`: run by bash, where `npx unrolled`, `npm run -s unroll --`, `npm run -s node --` and `npm test` are those of this repository
 * - `ts`: checked by the compiler and run; `unrolled` is this source tree
 * - `text output`: what the block before printed; `…` stands for anything in a line, a line of `…` for any lines
 * - `LANGUAGE file="PATH"`: written to that file first; in a page of `docs/add-one/` below a copy of the repository
 * - `diff file="PATH"`: a change of that file
 * - `run-by="TEST FILE"`: run there instead; `no-run="REASON"`: not run at all, and counted
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../scripts/house.ts';
import type { Block, Page } from '../support/markdown.ts';
import { type Ended, runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';

/** Where the blocks of a page run. */
interface Stage {
  /** The folder that the reader is in. */
  readonly folder: string;
  /** The repository, or the page's own copy of it. */
  readonly repository: string;
  /** Holds the stand-ins for npm and npx. */
  readonly tools: string;
}

/** Languages that show something and have nothing to run. */
const PICTURES = ['', 'text', 'mermaid'];

/** Whether a page tells how to change the repository; it then runs in a copy of it. */
export const isForContributors = (file: string): boolean => file.startsWith('docs/add-one/');

/** Whether a block is run by the docs tests. */
export const runs = ({ attributes }: Block): boolean =>
  attributes['run-by'] === undefined && attributes['no-run'] === undefined;

/** Whether a page has anything to run. */
export const plays = ({ blocks }: Page): boolean =>
  blocks.some((block) => runs(block) && !PICTURES.includes(block.language));

/** A file name for a block. */
export const moduleName = (file: string, { line }: Block): string => `${file.replace(/\W+/g, '-')}-${line}`;

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A copy of what a contributor changes; the rest is linked. */
function copyRepository(to: string): void {
  // the API reference is large, and made by `npm run docs`
  const filter = (path: string) => path !== `${root}docs/api`;
  for (const name of ['src', 'test', 'scripts', 'schema', 'examples', 'docs', 'kernels'])
    cpSync(root + name, join(to, name), { recursive: true, filter });
  for (const name of ['package.json', 'tsconfig.json', 'ARCHITECTURE.md'])
    copyFileSync(root + name, join(to, name));
  symlinkSync(`${root}node_modules`, join(to, 'node_modules'));
}

/** Sets the stage for a page in an empty folder. */
function setStage(file: string, scratch: string): Stage {
  const contributes = isForContributors(file);
  const repository = contributes ? join(scratch, 'repository') : root;
  const folder = contributes ? repository : join(scratch, 'work');
  const tools = join(scratch, 'tools');
  mkdirSync(folder);
  if (contributes) copyRepository(folder);
  else cpSync(`${root}examples`, join(folder, 'examples'), { recursive: true });
  const node = quote(process.execPath);
  const main = quote(join(repository, 'src/cli/main.ts'));
  const test = quote(join(repository, 'scripts/test.ts'));
  const kernels = quote(join(repository, 'scripts/build-kernels.ts'));
  const schema = quote(join(repository, 'scripts/build-schema.ts'));
  const tables = quote(join(repository, 'scripts/doc-tables.ts'));
  const stranger = 'echo "the docs tests know no such command: $0 $*" >&2; exit 64';
  writeFiles(tools, {
    npx: `#!/bin/sh\nif [ "$1" = unrolled ]; then shift; exec ${node} ${main} "$@"; fi\n${stranger}\n`,
    npm: [
      '#!/bin/sh',
      `if [ "$1 $2 $3 $4" = "run -s unroll --" ]; then shift 4; exec ${node} ${main} "$@"; fi`,
      `if [ "$1 $2 $3 $4" = "run -s node --" ]; then shift 4; file=${quote(`${repository}/`)}"$1"; shift; exec ${node} --conditions=unrolled-source "$file" "$@"; fi`,
      `if [ "$1 $2" = "test --" ]; then shift 2; ${node} ${kernels} && exec ${node} ${test} "$@"; fi`,
      `if [ "$1 $2" = "run schema" ]; then exec ${node} ${schema}; fi`,
      `if [ "$1 $2" = "run tables" ]; then exec ${node} ${tables}; fi`,
      stranger,
      '',
    ].join('\n'),
  });
  for (const name of ['npx', 'npm']) chmodSync(join(tools, name), 0o755);
  return { folder, repository, tools };
}

/** Runs an `sh` block: bash, stopping at the first command that fails. */
function runShell(block: Block, stage: Stage): Promise<Ended> {
  const { folder, repository, tools } = stage;
  const PATH = [tools, dirname(process.execPath), process.env.PATH].join(delimiter);
  const copied = repository !== root;
  return runProgram('bash', ['-euo', 'pipefail', '-c', block.text], {
    cwd: folder,
    // what is compiled of a copy vanishes with it
    env: { PATH, CI: 'true', NO_COLOR: '1', ...(copied && { NODE_COMPILE_CACHE: join(tools, 'compiled') }) },
  });
}

/** Runs a `ts` block as a module of this package, so that it can import `unrolled`. */
function runTypeScript(block: Block, stage: Stage, name: string): Promise<Ended> {
  const module = `build/docs/${name}.ts`;
  writeFiles(root, { [module]: block.text });
  return runProgram(process.execPath, ['--conditions', 'unrolled-source', root + module], {
    cwd: stage.folder,
  });
}

/** Writes a block to the file that it names. */
function writeBlock({ text, attributes }: Block, { folder }: Stage): void {
  writeFiles(folder, { [attributes.file]: `${text}\n` });
}

/**
 * Applies a `diff` block: its context and `-` lines stand in the file, one after the other, exactly once; a single line
 * may be part of one.
 */
function applyDiff({ text, attributes }: Block, { folder }: Stage): void {
  const lines = text.split('\n');
  const side = (sign: string) =>
    lines
      .filter((line) => line.startsWith(sign) || !/^[-+]/.test(line))
      .map((line) => line.slice(1))
      .join('\n');
  const path = join(folder, attributes.file);
  const parts = readFileSync(path, 'utf8').split(side('-'));
  assert.equal(parts.length, 2, `the lines before the change must stand once in ${attributes.file}`);
  writeFileSync(path, parts.join(side('+')));
}

/** Whether `actual` is what the page shows; see `text output` above. */
export function matchesOutput(shown: string, actual: string): boolean {
  const lines = shown.split('\n').map((line) =>
    line.trim() === '…'
      ? '(?:[^\\n]*\\n)*?'
      : line
          .trimEnd()
          .split('…')
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('[^\\n]*') + ' *\\n',
  );
  return new RegExp(`^${lines.join('')}$`).test(actual.endsWith('\n') ? actual : `${actual}\n`);
}

/** Plays one block; resolves to what a block of output that follows is compared with. */
async function play(
  file: string,
  block: Block,
  stage: Stage,
  before: Ended | undefined,
): Promise<Ended | undefined> {
  const { language, attributes, text } = block;
  if (!runs(block)) return undefined;
  if (attributes.file !== undefined) {
    if (language === 'diff') applyDiff(block, stage);
    else writeBlock(block, stage);
    return before;
  }
  if (attributes.output !== undefined) {
    assert.ok(before, 'output must follow a block that runs');
    assert.ok(
      matchesOutput(text, before.stdout),
      `the page shows\n${text}\n\nbut the block printed\n${before.stdout}`,
    );
    return before;
  }
  if (language === 'sh' || language === 'ts') {
    const ended =
      language === 'sh'
        ? await runShell(block, stage)
        : await runTypeScript(block, stage, moduleName(file, block));
    assert.equal(ended.code, 0, `${text}\n\n${ended.stdout}${ended.stderr}`);
    return ended;
  }
  if (language === 'json') JSON.parse(text);
  else if (language === 'yaml') parse(text);
  else assert.ok(PICTURES.includes(language), `a ${language} block must say file=, run-by= or no-run=`);
  return before;
}

/** Plays a page from top to bottom. */
export async function playPage(file: string, { blocks }: Page): Promise<void> {
  const stage = setStage(file, temporaryFolder());
  let ended: Ended | undefined;
  for (const block of blocks) {
    try {
      ended = await play(file, block, stage, ended);
    } catch (error) {
      throw new Error(`${file}:${block.line}: ${(error as Error).message}`, { cause: error });
    }
  }
}
