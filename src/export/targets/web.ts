/** `--to web`: a folder for a web site: an ES module with its types, the files of the model, and how to use them. */
import { reloaded } from '../reload.ts';
import { exportTarget } from '../target.ts';
import { modelFiles } from './files.ts';

const TYPES = `/** The most probable class of a text. */
export interface ClassScore {
  readonly label: string;
  /** Its probability, in (0, 1]. */
  readonly score: number;
}

/** A classifier of texts. */
export interface Classifier {
  /** Names of the C classes, in the order of the probabilities. */
  readonly labelNames: readonly string[];
  /** The most probable class of each text. */
  predict(texts: readonly string[]): ClassScore[];
  /** [N × C] probabilities, row by row. */
  predictProba(texts: readonly string[]): Float64Array;
  /** Gives its memory back. */
  close(): Promise<void>;
}

/** How much each token of a text supports a class. */
export interface Explanation {
  readonly method: string;
  readonly label: string;
  /** The probability of the label. */
  readonly probability: number;
  /** Tokens as the model reads them, their place in the text, and their weights: above 0 for the label, below 0 against it. */
  readonly tokens: readonly {
    readonly text: string;
    readonly start?: number;
    readonly end?: number;
    readonly weight: number;
  }[];
}

/**
 * Loads the model.
 * @param folder Address of the folder with config.json and the other files. Default that of this module.
 */
export function loadClassifier(folder?: string | URL): Promise<Classifier>;

/** Explains the prediction for a text, or what supports another label. */
export function explain(classifier: Classifier, text: string, options?: { readonly label?: string }): Explanation;
`;

const readme = (folder: string, files: readonly string[]) => `# ${folder}

A text classifier for web pages. It runs in the browser: no server is asked, and no text leaves the page.

| file | holds |
| --- | --- |
| \`classifier.js\`, \`classifier.d.ts\` | an ES module that imports nothing, and its types |
| ${files.map((file) => `\`${file}\``).join(', ')} | the model |

## In a plain page

Put this folder on your web server, as \`${folder}/\`:

\`\`\`html
<script type="module">
  import { loadClassifier } from './${encodeURIComponent(folder)}/classifier.js';
  const classifier = await loadClassifier();
  console.log(classifier.predict(['some text']));
</script>
\`\`\`

## With a bundler

Bundlers move modules and not the files beside them. Copy this folder to where your tool keeps files that are served as they
are (\`public/\` in Vite), and say where that is:

\`\`\`js
import { explain, loadClassifier } from './${folder}/classifier.js';
const classifier = await loadClassifier(new URL('/${encodeURIComponent(folder)}/', location.href));
const [{ label, score }] = classifier.predict(['some text']);
const { tokens } = explain(classifier, 'some text');
\`\`\`

A content security policy must allow \`script-src 'self' 'wasm-unsafe-eval'\` and \`connect-src 'self'\`.
`;

/** The folder. */
export const web = exportTarget({
  type: 'web',
  summary: 'a folder for a web site: an ES module with types, the files of the model, a README',
  output: { kind: 'folder', ending: '-web' },
  async export(input) {
    const { place, files, programs } = input;
    const written = modelFiles(files);
    const texts = {
      'classifier.js': await programs.module(),
      'classifier.d.ts': TYPES,
      'README.md': readme(place, [...written.keys()]),
    };
    const utf8 = new TextEncoder();
    return {
      files: new Map([
        ...Object.entries(texts).map(([file, text]): [string, Uint8Array] => [file, utf8.encode(text)]),
        ...written,
      ]),
      check: await reloaded(written, input),
    };
  },
});
