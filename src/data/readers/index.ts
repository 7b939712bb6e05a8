import { family } from '../../core/family.ts';
import { csv, tsv } from './csv.ts';
import { fasttext } from './fasttext.ts';
import { folder } from './folder.ts';
import { jsonl } from './jsonl.ts';
import { labelFirst } from './label-first.ts';
import { lines } from './lines.ts';
import type { Reader } from './reader.ts';

/** The readers, by the name in `data.format`. Where neither name nor option tells the format, the first that recognises the content is taken. */
export const readers = family<[], Reader>()('format', [fasttext, jsonl, tsv, csv, labelFirst, folder, lines]);
