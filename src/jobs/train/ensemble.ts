/** An ensemble of models that are saved: their files under one config. */
import { join } from 'node:path';
import { modelFileNames, writeEnsembleFiles } from '../../classifier/model-files.ts';
import { VERSION } from '../../core/version.ts';
import { groupDigits } from '../../core/words.ts';
import type { ModelConfig } from '../../models/files/index.ts';
import { readModelFolder, readRegularFile, writeFilesAtomic } from '../../run/index.ts';
import { escapeMarkdown } from '../../report/markdown.ts';

/** Writes the ensemble of some model folders, all of which count the same, in the place of a model that stands there. */
export function ensembleOf(path: string, folders: readonly string[], parameters: number): void {
  const members = folders.map((folder) => {
    // checked as it is when it is used
    const { config } = readModelFolder(folder);
    const names = modelFileNames(config);
    return {
      config,
      files: new Map(names.map((name) => [name, readRegularFile(join(folder, name), 'read the model')])),
    };
  });
  const weights = folders.map(() => 1 / folders.length);
  const card = cardOf(members[0].config, folders.length, parameters);
  writeFilesAtomic(path, writeEnsembleFiles(members, weights, card));
}

function cardOf({ labelNames, model }: ModelConfig, members: number, parameters: number): string {
  const names = labelNames.map((name) => `- ${escapeMarkdown(name)}`).join('\n');
  return `---
library_name: unrolled
pipeline_tag: text-classification
---

# Ensemble of ${members} classifiers

${members} models of type \`${String(model['type'])}\` that differ in their seed, with ${groupDigits(parameters)} parameters in all. The probabilities
of the ensemble are the mean of theirs. The files of each member begin with \`member-1.\`, \`member-2.\` and so on; \`config.json\` says
what each counts. Made by Unroll ${VERSION}.

Classes:

${names}
`;
}
