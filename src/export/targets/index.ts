/** The targets of `unroll export --to`. To add one: a file beside these and a line in this list. */
import { nearest } from '../../core/nearest.ts';
import { ConfigError } from '../../core/errors.ts';
import type { ExportTarget } from '../target.ts';
import { fasttextVec } from './fasttext-vec.ts';
import { html } from './html.ts';
import { onnx } from './onnx.ts';
import { python } from './python.ts';
import { web } from './web.ts';

/** In the order of help texts and docs. */
export const exportTargets: readonly ExportTarget[] = [onnx, html, web, fasttextVec, python];

/** The names of the targets. */
export const exportTargetNames: readonly string[] = exportTargets.map(({ type }) => type);

/** The target called `name`. @throws ConfigError with the list of names */
export function exportTargetOf(name: string): ExportTarget {
  const found = exportTargets.find(({ type }) => type === name);
  if (found) return found;
  const guess = nearest(name, exportTargetNames);
  const fix = guess === undefined ? '' : ` Did you mean ${guess}?`;
  throw new ConfigError(
    `[--to] the target must be one of ${exportTargetNames.join(', ')}, but got ${JSON.stringify(name)}.${fix}`,
    { key: 'to' },
  );
}
