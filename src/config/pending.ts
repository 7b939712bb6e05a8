/** Stand-ins until src/text and src/data export their own. */
import { z } from 'zod';

export const dataOptions = z.strictObject({
  text_col: z.string().optional().describe('column of the text'),
  label_col: z.string().optional().describe('column of the label'),
  format: z.enum(['csv', 'tsv', 'jsonl', 'folder', 'fasttext']).optional().describe('format'),
  label_map: z.record(z.string(), z.string()).optional().describe('label map'),
  split: z.enum(['stratified', 'random']).default('stratified').describe('split'),
  fractions: z.array(z.number().min(0).max(1)).length(3).default([0.8, 0.1, 0.1]).describe('fractions'),
  split_ids: z.string().optional().describe('file with row ids'),
  allow_leakage: z.boolean().default(false).describe('allow copies on both sides'),
  near_duplicates: z.number().gt(0).max(1).default(0.9).describe('Jaccard'),
  seed: z.int().optional().describe('seed'),
});
export const textOptions = z.strictObject({
  tokenizer: z.enum(['word', 'whitespace']).default('word').describe('tokenizer'),
  normalization: z.enum(['NFKC', 'NFC', 'none']).default('NFKC').describe('normalization'),
  lowercase: z.boolean().default(true).describe('lowercase'),
  vocabulary_size: z.int().min(3).default(20000).describe('vocabulary size'),
  min_count: z.int().min(1).default(1).describe('min count'),
  max_length: z.int().min(1).default(256).describe('max length'),
  truncation: z.enum(['head', 'tail', 'head+tail']).default('head').describe('truncation'),
});
