/** The folder that the studio shows: what lies outside is neither read nor written, whatever a path or a link says. */
import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FileError } from '../core/errors.ts';
import { HttpError } from '../serve/http/index.ts';

/** The folder of a studio. */
export interface Workspace {
  /** Its real path. */
  readonly root: string;
  /** Its name, for headings. */
  readonly name: string;
  /**
   * The real path of a file or folder in it.
   * @param path Relative to the folder, with slashes.
   * @throws HttpError 403 where it lies outside, also through a link; 404 where there is none
   */
  inside(path: string): string;
  /** As `inside`, for a folder that is read with all its contents: no link in it may lead outside. */
  folder(path: string): string;
  /** Path of a new file in the folder at `path`. @throws HttpError 403 where it would lie outside or has no plain name */
  place(path: string, name: string): string;
  /** Whether an absolute path lies in it. */
  holds(path: string): boolean;
  /** A path in it as the pages see it: relative, with slashes; empty for the folder itself. */
  shown(path: string): string;
  /** A message with the paths in it as `shown`; the folder itself by its name. */
  told(message: string): string;
}

/** Most entries of a folder that are checked. */
const MOST_ENTRIES = 5000;

/** Opens a folder. @throws FileError where there is none */
export function openWorkspace(dir: string): Workspace {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    throw new FileError(
      dir,
      `[${dir}] there must be a folder, but there is none. Make it, or correct the path.`,
    );
  }
  const root = realpathSync(resolve(dir));
  const holds = (path: string) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
  const refuse = (path: string) =>
    new HttpError(
      403,
      `[${path}] the path must be inside ${basename(root)}, the folder of the studio, but is not.`,
    );
  const real = (path: string, shown: string): string => {
    try {
      return realpathSync(path);
    } catch (cause) {
      throw new HttpError(
        404,
        `[${shown}] there must be such a file or folder, but there is none. Reload the page: it may have been moved.`,
        {
          cause,
        },
      );
    }
  };
  const inside = (path: string): string => {
    if (path.includes('\0') || isAbsolute(path)) throw refuse(path);
    const asked = resolve(root, path);
    // does not reveal whether a path outside exists
    if (!holds(asked)) throw refuse(path);
    const found = real(asked, path);
    if (!holds(found)) throw refuse(path);
    return found;
  };
  const check = (folder: string, left: { entries: number }): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (left.entries-- <= 0) return;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink() && existsSync(path) && !holds(real(path, entry.name))) throw refuse(path);
      if (entry.isDirectory()) check(path, left);
    }
  };
  return {
    root,
    name: basename(root),
    inside,
    holds: (path) => holds(path),
    folder(path) {
      const found = inside(path);
      if (!statSync(found).isDirectory())
        throw new HttpError(404, `[${path}] there must be a folder, but it is a file.`);
      check(found, { entries: MOST_ENTRIES });
      return found;
    },
    place(path, name) {
      if (!PLAIN_NAME.test(name) || name.startsWith('.')) {
        throw new HttpError(
          422,
          `[${name}] the name must be of letters, digits, spaces and . _ - ( ), not beginning with a dot. Rename the file.`,
        );
      }
      const target = join(inside(path), name);
      if (existsSync(target) && lstatSync(target).isSymbolicLink() && !holds(real(target, name)))
        throw refuse(name);
      return target;
    },
    shown: (path) => relative(root, path).split(sep).join('/'),
    // also as it was named, which may be through a link
    told: (message) => withRelativePaths(withRelativePaths(message, root), resolve(dir)),
  };
}

/** A message in which paths in a folder are relative to it, and the folder itself is its name. */
export function withRelativePaths(message: string, root: string): string {
  if (dirname(root) === root) return message;
  const [first, ...parts] = message.split(root);
  // another path may contain it, or begin alike
  const within = (before: string, after: string) => !/[\w.-]$/.test(before) && !/^(?:[\w-]|\.\w)/.test(after);
  return parts.reduce((told, part) => {
    if (!within(told, part)) return told + root + part;
    return part.startsWith(sep) && /^[^\s\])"']/.test(part.slice(1))
      ? told + part.slice(1)
      : told + basename(root) + part;
  }, first);
}

/** A file name that is valid on every system, and not a path. */
const PLAIN_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._()-]{0,120}$/u;

/** The folder around a file, as the pages see it. */
export function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}
