/** The pages that are checked: every Markdown file of the repository that people wrote. */
import { globSync, readFileSync } from 'node:fs';
import { root } from '../../scripts/house.ts';
import { type Page, readPage } from '../support/markdown.ts';

const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root, exclude: ['docs/api/**'] })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

/** Path below the repository to page. */
export const pages: ReadonlyMap<string, Page> = new Map(
  files.map((file) => [file, readPage(readFileSync(root + file, 'utf8'))]),
);
