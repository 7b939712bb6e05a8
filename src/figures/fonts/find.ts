/**
 * The fonts of PNG and PDF figures: the one that figures are measured in, and for scripts that it lacks the font that
 * the user names, then those that are installed on the machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CorruptFileError } from '../../core/errors.ts';
import { type Font, readFonts } from './font.ts';
import { type FontFile, openFontFile } from './font-file.ts';
import type { Face } from '../chart/font-widths.ts';

const require = createRequire(import.meta.url);

/** The files of the figures' own font. */
export const OWN_FONT: Readonly<Record<Face, string>> = {
  regular: require.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  bold: require.resolve('@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf'),
};

/** Where to look for fonts. */
export interface FontOptions {
  /** A font file (.ttf, .otf, .ttc) that is asked first for characters which the figures' own font lacks. */
  readonly font?: string | undefined;
  /** Folders of installed fonts. Default those of the system. */
  readonly folders?: readonly string[];
}

/** Fonts for characters that the figures' own font lacks. */
export interface Fonts {
  /** Whether the figures' own font has a character. */
  readonly own: (code: number) => boolean;
  /** The font that the user named, then those installed, the most suitable first; looked for when first needed. */
  readonly others: () => readonly FontFile[];
  /** The fonts in a file, of which most have one. */
  readonly open: (path: string) => Promise<readonly Font[]>;
}

/** Finds fonts. @throws FileError, CorruptFileError for a named font that cannot be used */
export async function openFonts({ font, folders = fontFolders() }: FontOptions = {}): Promise<Fonts> {
  const opened = new Map<string, readonly Font[]>();
  const open: Fonts['open'] = async (path) => {
    const fonts = opened.get(path) ?? (await fontsIn(path));
    opened.set(path, fonts);
    return fonts;
  };
  const named = font === undefined ? [] : [openFontFile(font)];
  for (const { path } of named) await open(path);
  let own: FontFile | undefined;
  let others: readonly FontFile[] | undefined;
  return {
    own: (code) => (own ??= openFontFile(OWN_FONT.regular)).covers(code),
    others: () => (others ??= [...named, ...installedFonts(folders)]),
    open,
  };
}

async function fontsIn(path: string): Promise<readonly Font[]> {
  try {
    const fonts = await readFonts(readFileSync(path));
    // reads the tables that every text needs
    for (const { path: outline } of fonts[0].layout('Aa').glyphs) outline.toSVG();
    return fonts;
  } catch (cause) {
    throw new CorruptFileError(
      path,
      `[${path}] the file must be a font that can be drawn, but is damaged: ${(cause as Error).message}. Name another font file.`,
      { cause },
    );
  }
}

/** The folders in which systems keep fonts. */
function fontFolders(): string[] {
  const { env, platform } = process;
  const home = homedir();
  switch (platform) {
    case 'darwin':
      return [join(home, 'Library/Fonts'), '/Library/Fonts', '/System/Library/Fonts'];
    case 'win32':
      return [
        join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'Microsoft/Windows/Fonts'),
        join(env['WINDIR'] ?? 'C:/Windows', 'Fonts'),
      ];
    default:
      return [
        join(env['XDG_DATA_HOME'] || join(home, '.local/share'), 'fonts'),
        join(home, '.fonts'),
        ...(env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share')
          .split(delimiter)
          .map((folder) => join(folder, 'fonts')),
      ];
  }
}

/** The fonts in folders, the most suitable first, in an order that depends on their names alone. */
function installedFonts(folders: readonly string[]): FontFile[] {
  const paths = folders.flatMap((folder) =>
    filesIn(folder).filter((path) => /\.(?:ttf|otf|ttc)$/i.test(path) && !/italic|oblique/i.test(path)),
  );
  return [...new Set(paths)]
    .map((path) => ({ path, rank: strangeness(path) }))
    .sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1))
    .flatMap(({ path }) => {
      try {
        return [openFontFile(path)];
      } catch {
        return []; // whatever is wrong with it, it is none of ours
      }
    });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** How little a font suits beside Noto Sans: 0 for a Noto Sans of regular weight, more for others. */
function strangeness(path: string): number {
  const name = path.toLowerCase().replace(/[ _-]/g, '');
  const relative = name.includes('notosans') ? 0 : 1;
  const weight = /bold|black|light|thin|medium|heavy|condensed/.test(name) ? 2 : 0;
  const kind = /mono|serif|symbol|emoji|display/.test(name) ? 4 : 0;
  return relative + weight + kind;
}
