/** A configuration as YAML. */
import { Document, isSeq, visit } from 'yaml';
import type { Config, ConfigInput } from './schema.ts';

/** Options of `renderConfig`. */
export interface RenderOptions {
  /** Path or URL of the JSON Schema, for the first line that editors read; left out, no such line. */
  readonly schema?: string;
}

/** Writes a configuration as YAML; resolving the text gives the same configuration again. */
export function renderConfig(config: Config | ConfigInput, { schema }: RenderOptions = {}): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, node) {
      // short lists read better on one line
      if (isSeq(node)) node.flow = true;
    },
  });
  const body = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return schema === undefined ? body : `# yaml-language-server: $schema=${schema}\n${body}`;
}
