/**
 * Makes the API reference, docs/api, from the doc comments, and refuses a public name without one.
 *
 *     node scripts/docs.ts [--check]   --check writes nothing
 */
import { Application, LogLevel, type ProjectReflection, ReflectionKind, type Reflection } from 'typedoc';
import { ENTRIES } from './entries.ts';
import { root } from './house.ts';

/** Proportion of the public names, members included, that must have a doc comment. Every export and every option must. */
const COVERAGE = 0.98;

const EXPORTS =
  ReflectionKind.Function |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias |
  ReflectionKind.Variable |
  ReflectionKind.Namespace;
const MEMBERS = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor;

function documented(reflection: Reflection): boolean {
  if (reflection.hasComment()) return true;
  if (!reflection.isDeclaration()) return false;
  // such as the type of an event: the word in it says what it is
  if (reflection.type?.type === 'literal') return true;
  const accessor = [reflection.getSignature, reflection.setSignature].some((signature) =>
    signature?.hasComment(),
  );
  return accessor || (reflection.signatures?.some((signature) => signature.hasComment()) ?? false);
}

/** Counts what is documented and says what is not. */
function audit(project: ProjectReflection): { share: number; undocumented: string[] } {
  const exports = project.getReflectionsByKind(EXPORTS);
  // members of the types that stand inside a signature document themselves there
  const members = project
    .getReflectionsByKind(MEMBERS)
    .filter(({ parent, flags }) => parent?.kindOf(EXPORTS) && !flags.isInherited && !flags.isPrivate);
  const all = [...exports, ...members];
  return {
    share: all.filter(documented).length / all.length,
    undocumented: [...exports, ...members.filter(({ parent }) => parent?.name.endsWith('Options'))]
      .filter((reflection) => !documented(reflection))
      .map((reflection) => reflection.getFullName()),
  };
}

const app = await Application.bootstrap({
  name: 'Unroll',
  entryPoints: ENTRIES.map(({ module }) => `${root}src/${module}.ts`),
  tsconfig: `${root}tsconfig.build.json`,
  out: `${root}docs/api`,
  readme: 'none',
  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  // names that only a signature mentions are documented where they are exported
  validation: { notExported: false, invalidLink: true, rewrittenLink: true, notDocumented: false },
  treatWarningsAsErrors: true,
  logLevel: LogLevel.Warn,
});
const project = await app.convert();
if (project === undefined) throw new Error('typedoc could not read the sources; its messages stand above');
app.validate(project);
const { share, undocumented } = audit(project);
for (const name of undocumented)
  process.stderr.write(`${name}: an export, or an option, must have a doc comment.\n`);
process.stderr.write(`docs: ${(100 * share).toFixed(1)} % of the public names are documented\n`);
if (app.logger.hasErrors() || app.logger.hasWarnings() || undocumented.length > 0 || share < COVERAGE) {
  process.stderr.write(
    `[docs] every export, every option and ${100 * COVERAGE} % of all names must be documented, without a warning.\n`,
  );
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  await app.generateDocs(project, `${root}docs/api`);
}
