/** Reads what the docs tests need from a Markdown page: fenced blocks, headings, links. */

/** A fenced code block. */
export interface Block {
  /** First word of the info string: the language. */
  readonly language: string;
  /** The rest of it: `name`, `name="value"`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  /** 1-based line of the fence. */
  readonly line: number;
}

/** A link or picture in the text. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A page, taken apart. */
export interface Page {
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  /** What `#...` may point to: headings as GitHub names them. */
  readonly anchors: ReadonlySet<string>;
}

function attributesOf(info: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of info.matchAll(/([\w-]+)(?:="([^"]*)")?/g)) found[name] = value ?? '';
  return found;
}

/** GitHub's name for a heading: lower case, punctuation dropped, spaces to dashes. */
export function anchorOf(heading: string): string {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  return plain
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** Takes a page apart. */
export function readPage(markdown: string): Page {
  const blocks: Block[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  let open: { fence: string; info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^ {0,3}(`{3,})(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence !== null && fence[1].length >= open.fence.length && fence[2].trim() === '') {
        const [, language, info] = /^\s*(\S*)(.*)$/.exec(open.info) ?? [];
        blocks.push({
          language,
          attributes: attributesOf(info),
          text: open.lines.join('\n'),
          line: open.line,
        });
        open = undefined;
      } else open.lines.push(line);
      continue;
    }
    if (fence !== null) {
      open = { fence: fence[1], info: fence[2], line: index + 1, lines: [] };
      continue;
    }
    const heading = /^#{1,6} (.*)$/.exec(line);
    if (heading !== null) {
      const name = anchorOf(heading[1]);
      let unique = name;
      for (let n = 1; anchors.has(unique); n++) unique = `${name}-${n}`;
      anchors.add(unique);
    }
    for (const [, target] of line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)[^)]*\)/g)) {
      links.push({ target, line: index + 1 });
    }
  }
  if (open !== undefined) throw new Error(`the code block that begins in line ${open.line} must end`);
  return { blocks, links, anchors };
}
