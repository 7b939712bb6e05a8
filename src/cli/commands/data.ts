/** `unroll data`: looks a data set over before anything is trained on it. */
import { loadConfig } from '../../config/load.ts';
import { overrideLayer } from '../../config/overrides.ts';
import { resolveConfig } from '../../config/resolve.ts';
import { auditDataset } from '../../data/audit.ts';
import { columnOptions, commonOptions, dataArgument, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay, loadDataset } from '../load-data.ts';
import { renderAudit } from '../render-audit.ts';
import { writeResult } from '../write-result.ts';

/** The data command. */
export const data = defineCommand({
  name: 'data',
  summary: 'Look a data set over: classes, lengths, vocabulary, copies, leakage, odd rows.',
  usage: 'DATA',
  positionals: { min: 1, max: 1 },
  details: dataArgument,
  options: {
    config: { value: 'FILE|PRESET', short: 'c', description: 'configuration: a file or a preset' },
    ...columnOptions,
    ...commonOptions,
  },
  sections: ['data', 'text'],
  examples: [
    { command: 'unroll data spam', does: 'the embedded data set' },
    { command: 'unroll data tickets.csv --text-col body --label-col queue', does: 'a table, columns named' },
    {
      command: 'unroll data tickets.csv --json --text.max_length 50',
      does: 'figures as JSON, texts cut at 50 tokens',
    },
  ],
  async run({ positionals, values, overrides, io }) {
    const layers = values.config === undefined ? [] : [await loadConfig(values.config)];
    const config = resolveConfig(...layers, overrideLayer(overrides));
    const said = new Set<string>();
    const say = createSay(io, values);
    const dataset = await loadDataset(positionals[0], config, io, (sentence) => {
      if (!values.quiet) said.add(sentence);
      say(sentence);
    });
    const audit = auditDataset(dataset, {
      text: config.text,
      nearDuplicates: config.data.near_duplicates,
      trainFraction: config.data.fractions[0],
    });
    writeResult(io, values, audit, () => {
      // on a terminal, what was said stands right above
      const unsaid = audit.notices.filter((notice) => !io.out.terminal || !said.has(notice));
      return renderAudit({ ...audit, notices: unsaid }, { color: io.out.colors.isColorSupported });
    });
    return OK;
  },
});
