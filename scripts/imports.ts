/**
 * The rules on who may import what, as a pure function from sources to complaints; `check-imports.ts` runs it on the
 * tree, its test on trees that break each rule.
 */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import type { Room } from './house.ts';

/** What the check needs to know. */
export interface ImportRules {
  readonly rooms: readonly Room[];
  /** Files directly in `src/` that run in a browser. */
  readonly browserFiles?: readonly string[];
  /** Packages that a browser can load. */
  readonly browserPackages: readonly string[];
  /** Packages that users get: dependencies and peer dependencies. */
  readonly installedPackages: readonly string[];
}

/** One import statement, export-from or `import()`. */
export interface ImportLink {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
  /** Erased before running: `import type`, `export type`. */
  readonly typeOnly: boolean;
  /** `import()` in a function: runs when called, so a browser that never calls it is fine. */
  readonly lazy: boolean;
}

interface Place {
  readonly file: string;
  /** Index of its room; files directly in `src/` stand behind every room. */
  readonly index: number;
  readonly room: Room | undefined;
  readonly isTest: boolean;
  readonly inBrowser: boolean;
}

/** The imports of one source text, in order. */
export function importsOf(file: string, source: string): ImportLink[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const links: ImportLink[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean, lazy: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    links.push({ specifier: specifier.text, line, typeOnly, lazy });
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node))
      add(node, node.moduleSpecifier, node.importClause?.isTypeOnly ?? false, false);
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node, node.argument.literal, true, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, inFunction);
    }
    ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)));
  };
  visit(tree, false);
  return links;
}

/** `@scope/name/sub` and `name/sub` without the part behind the package's name. */
function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function locate(file: string, rules: ImportRules): Place {
  const [, first, ...rest] = file.split('/');
  const index = rest.length === 0 ? rules.rooms.length : rules.rooms.findIndex((room) => room.name === first);
  const room = rules.rooms[index];
  const inside = rest.join('/');
  const nodeOnly = room?.nodeOnly?.some((path) => inside === path || inside.startsWith(`${path}/`)) ?? false;
  const isTest = file.endsWith('.test.ts');
  const runsInBrowser = rules.browserFiles?.includes(file) ?? false;
  const inBrowser = (runsInBrowser || room?.runs === 'browser') && !nodeOnly && !isTest;
  return { file, index, room, isTest, inBrowser };
}

function checkPackage(from: Place, link: ImportLink, rules: ImportRules): string | undefined {
  if (from.isTest) return undefined;
  const { specifier } = link;
  const needed = !link.typeOnly;
  if (isBuiltin(specifier)) {
    const refused = from.inBrowser && needed && !link.lazy;
    return refused
      ? `must run in a browser, but imports ${specifier}. Pass the value in, or import() it where it is used.`
      : undefined;
  }
  const name = packageName(specifier);
  if (needed && !rules.installedPackages.includes(name)) {
    return `imports the package ${name}, which users do not get. Make it a dependency, or do without.`;
  }
  if (from.inBrowser && needed && !link.lazy && !rules.browserPackages.includes(name)) {
    return `must run in a browser, but imports ${name}. Packages that may: ${rules.browserPackages.join(', ')} (scripts/house.ts).`;
  }
  return undefined;
}

function checkLink(from: Place, to: Place, link: ImportLink): string | undefined {
  if (!link.specifier.endsWith('.ts'))
    return `must name the file with its ending, but imports ${link.specifier}.`;
  if (to.isTest) return `must not import a test, but imports ${to.file}.`;
  if (from.isTest) return undefined;
  if (!to.file.startsWith('src/')) return `must stay within src/, but imports ${to.file}.`;
  if (to.index > from.index) {
    const name = (place: Place) => place.room?.name ?? 'src';
    return `imports must point one way, but ${name(from)} imports ${to.file}, which stands to its right.`;
  }
  if (from.inBrowser && !to.inBrowser && !link.typeOnly && !link.lazy) {
    return `must run in a browser, but imports ${to.file}, which runs in Node alone.`;
  }
  return undefined;
}

/** Every cycle that a depth-first walk closes, as `a.ts -> b.ts -> a.ts`. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) walk(next);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) walk(file);
  return found;
}

/** Circles among the imports of files that stand in no room: benchmarks, tests, scripts. */
export function checkCircles(sources: ReadonlyMap<string, string>): string[] {
  const edges = new Map<string, string[]>();
  for (const [file, source] of sources) {
    const links = importsOf(file, source).filter(({ specifier, lazy }) => specifier.startsWith('.') && !lazy);
    edges.set(
      file,
      links.map(({ specifier }) => posix.join(posix.dirname(file), specifier)),
    );
  }
  return cycles(edges).map((cycle) => `imports must not run in a circle, but ${cycle}`);
}

/**
 * Complaints about the imports of a tree, one line each, empty where all is well.
 * `sources` maps paths such as `src/text/encode.ts` to their text.
 */
export function checkImports(sources: ReadonlyMap<string, string>, rules: ImportRules): string[] {
  const problems: string[] = [];
  const edges = new Map<string, string[]>();
  for (const [file, source] of sources) {
    const from = locate(file, rules);
    if (from.index < 0) {
      problems.push(
        `${file}: the folder must be a room of the house, but scripts/house.ts does not list it.`,
      );
      continue;
    }
    const targets: string[] = [];
    for (const link of importsOf(file, source)) {
      let problem: string | undefined;
      if (link.specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(file), link.specifier);
        problem = checkLink(from, locate(target, rules), link);
        if (!link.lazy) targets.push(target);
      } else problem = checkPackage(from, link, rules);
      if (problem !== undefined) problems.push(`${file}:${link.line}: ${problem}`);
    }
    edges.set(file, targets);
  }
  for (const cycle of cycles(edges)) problems.push(`imports must not run in a circle, but ${cycle}`);
  return problems;
}
