/** Files of a model that targets pass on. */
import {
  type ModelFileName,
  type ModelFiles,
  writeEnsembleFiles,
  writeModelFiles,
} from '../../classifier/model-files.ts';
import { invariant } from '../../core/errors.ts';

/** All files of the model folder by name, without its README. */
export function modelFiles(files: ModelFiles): Map<string, Uint8Array> {
  const { members, config } = files;
  const written: Map<string, Uint8Array> = members
    ? writeEnsembleFiles(
        members.map((member) => ({ files: modelFiles(member), config: member.config })),
        config.ensemble?.weights ?? [],
        '',
        {
          ...(config.temperature !== undefined && { temperature: config.temperature }),
          ...(config.typical && { typical: config.typical }),
        },
      )
    : writeModelFiles({ ...files, card: '' });
  written.delete('README.md');
  return written;
}

/** One of them. */
export function modelFile(files: ModelFiles, name: ModelFileName): Uint8Array {
  const content = modelFiles(files).get(name);
  invariant(content !== undefined, `the model has its ${name}`);
  return content;
}

/** Counts as proportions; undefined where there are none. */
export function proportions(counts: readonly number[] | undefined): Float64Array | undefined {
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return counts && total > 0 ? Float64Array.from(counts, (count) => count / total) : undefined;
}
