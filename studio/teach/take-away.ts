/** What a visitor takes home: the model's files, or one page that has the model in it. */
import { zipSync } from 'fflate';
import { script } from 'virtual:exported-page';
import { type ModelFiles, readModelFiles } from '../../src/classifier/model-files.ts';
import { UnsupportedError } from '../../src/core/errors.ts';
import { measureQuantised, openFiles, quantiseFiles } from '../../src/export/int8.ts';
import { madeUpTexts } from '../../src/export/made-up-texts.ts';
import { html, PAGE_BYTES } from '../../src/export/targets/html.ts';

type Files = ReadonlyMap<string, Uint8Array>;

/** The files of a model as a zip with one folder. */
export function modelZip(files: Files): Uint8Array<ArrayBuffer> {
  const entries = [...files].map(([name, bytes]) => [`model/${name}`, bytes] as const);
  // the same model, the same bytes
  return zipSync(Object.fromEntries(entries), { mtime: '1980-01-01T12:00:00' });
}

/** Bits of the embedding that are tried until the page is small enough; other matrices have 8. */
const BITS = [8, 6, 5, 4, 3];
/** Points of accuracy, in percent, that this may cost on the documents of the table. */
const MAX_DROP = 0.5;
/** Documents that it is measured on, at most. */
const MEASURED = 500;

/** What the table says of each document. */
interface Labelled {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
}

/**
 * The page that `unroll export --to html` writes: model, prediction and explanation in one file, which opens from disk and
 * needs no network. In 8 bits or less, unless that costs accuracy.
 */
export async function modelPage(
  files: Files,
  name: string,
  documents: Labelled,
): Promise<Uint8Array<ArrayBuffer>> {
  const known = files as ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  const before = readModelFiles(
    (file) => known.get(file) ?? new Uint8Array(),
    (file) => file,
  );
  const labelled = {
    texts: documents.texts.slice(0, MEASURED),
    labels: Int32Array.from(documents.labels.slice(0, MEASURED), (label) =>
      before.config.labelNames.indexOf(label),
    ),
    what: 'documents of the table',
  };
  try {
    for (const embeddingBits of BITS) {
      const after = quantiseFiles(before, embeddingBits);
      const page = await pageOf(after, name);
      if (page.length > PAGE_BYTES && embeddingBits !== BITS.at(-1)) continue;
      await measureQuantised({ before, after, embeddingBits }, labelled, MAX_DROP);
      return page;
    }
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
  }
  return pageOf(before, name);
}

async function pageOf(files: ModelFiles, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const classifier = await openFiles(files);
  try {
    const programs = { page: () => Promise.resolve(script), module: () => Promise.resolve('') };
    const texts = madeUpTexts(files);
    const exported = await html.export({ name, place: name, files, classifier, texts, programs });
    const [page] = exported.files.values();
    return page as Uint8Array<ArrayBuffer>;
  } finally {
    await classifier.close();
  }
}

/** Offers bytes for download. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // the browser has begun to read it by then
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
