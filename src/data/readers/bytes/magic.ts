/** Magic numbers of binary files that are given as text by mistake, and what to do with them. */
import { DataError } from '../../../core/errors.ts';

interface Kind {
  /** The bytes, as Latin-1 characters. */
  readonly magic: string;
  /** Their offset. Default 0. */
  readonly at?: number;
  readonly what: string;
  readonly fix: string;
}

const TO_CSV = 'Export it as CSV or JSON lines';

const KINDS: readonly Kind[] = [
  { magic: 'PAR1', what: 'a Parquet file', fix: `${TO_CSV}, as with pandas: read_parquet(FILE).to_csv(OUT)` },
  {
    magic: 'SQLite format 3\0',
    what: 'an SQLite database',
    fix: `${TO_CSV}: sqlite3 -csv -header FILE "SELECT ..." > OUT`,
  },
  { magic: '%PDF-', what: 'a PDF document', fix: 'Extract its text, as with pdftotext' },
  {
    magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    what: 'an old Excel or Word file',
    fix: 'Open it there and save it as CSV UTF-8',
  },
  { magic: 'ARROW1', what: 'an Arrow (Feather) file', fix: TO_CSV },
  { magic: '\xff\xff\xff\xff', what: 'an Arrow stream or another binary file', fix: TO_CSV },
  { magic: 'ORC', what: 'an ORC file', fix: TO_CSV },
  { magic: 'Obj\x01', what: 'an Avro file', fix: TO_CSV },
  { magic: '\x89HDF', what: 'an HDF5 file', fix: TO_CSV },
  { magic: '\x93NUMPY', what: 'a NumPy array', fix: TO_CSV },
  { magic: 'BZh', what: 'compressed with bzip2', fix: 'Unpack it with bunzip2, or compress it with gzip' },
  { magic: '\xfd7zXZ\0', what: 'compressed with xz', fix: 'Unpack it with unxz, or compress it with gzip' },
  {
    magic: '\x28\xb5\x2f\xfd',
    what: 'compressed with zstd',
    fix: 'Unpack it with unzstd, or compress it with gzip',
  },
  { magic: '7z\xbc\xaf\x27\x1c', what: 'a 7z archive', fix: 'Unpack it' },
  { magic: 'Rar!\x1a\x07', what: 'a RAR archive', fix: 'Unpack it' },
  { magic: 'ustar', at: 257, what: 'a tar archive', fix: 'Unpack it with tar -xf' },
  { magic: '\x89PNG', what: 'a PNG image', fix: 'Give a file of texts' },
  { magic: '\xff\xd8\xff', what: 'a JPEG image', fix: 'Give a file of texts' },
  { magic: 'GIF8', what: 'a GIF image', fix: 'Give a file of texts' },
  { magic: '\x7fELF', what: 'a program', fix: 'Give a file of texts' },
  { magic: '{\\rtf', what: 'an RTF document', fix: 'Save it as plain text or CSV' },
  {
    magic: 'version https://git-lfs.github.com/spec',
    what: 'a pointer of Git LFS in place of the file',
    fix: 'Fetch the file: git lfs pull',
  },
];

const MARKUP = /^\s*(?:<!doctype html|<html[\s>])/i;

/** Which of them the bytes are: "a PDF document", and what to do; undefined for what may be text. */
export function binaryKind(bytes: Uint8Array): { readonly what: string; readonly fix: string } | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1');
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return zipKind(text);
  const protocol = text.charCodeAt(1);
  if (text.startsWith('\x80') && protocol >= 2 && protocol <= 5)
    return { what: 'a Python pickle', fix: `${TO_CSV}, as with pandas: read_pickle(FILE).to_csv(OUT)` };
  const kind = KINDS.find(({ magic, at = 0 }) => text.startsWith(magic, at));
  if (kind) return kind;
  if (MARKUP.test(text))
    return { what: 'a web page (HTML)', fix: 'Was the download an error page? Give a file of texts' };
  if (text.includes('\0'))
    return {
      what: 'binary: it holds bytes of value 0',
      fix: 'Give a text file, or its encoding with --encoding',
    };
  return undefined;
}

function zipKind(text: string) {
  if (text.includes('xl/') || text.includes('workbook')) {
    return { what: 'an Excel workbook', fix: 'Open it and save the sheet as CSV UTF-8' };
  }
  if (text.includes('word/')) return { what: 'a Word document', fix: 'Save it as plain text' };
  if (text.includes('mimetypeapplication/vnd.oasis')) {
    return { what: 'an OpenDocument file', fix: 'Open it and save the sheet as CSV' };
  }
  if (text.includes('.npy')) return { what: 'an archive of NumPy arrays (npz)', fix: TO_CSV };
  return { what: 'a zip archive or a spreadsheet', fix: 'Unpack it, or save the sheet as CSV' };
}

/** @throws DataError that names the kind of a file that is not text */
export function refuseBinary(bytes: Uint8Array, name: string): void {
  const kind = binaryKind(bytes);
  if (kind) throw new DataError(`[${name}] the data must be text, but this is ${kind.what}. ${kind.fix}.`);
}
