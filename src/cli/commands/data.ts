/** `unroll data`: audits a data set before anything is trained on it. */
import { audit as auditData } from '../../jobs/audit.ts';
import { shellWord } from '../../core/shell-word.ts';
import { programName } from '../../run/index.ts';
import { renderAudit } from '../../report/text/audit.ts';
import { columnOptions, commonOptions, dataArgument, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay } from '../say.ts';
import { withJob } from '../listen.ts';
import { writeResult } from '../write-result.ts';

/** The command that trains on the audited data, read in the same way. */
function trainCommand([, ...args]: readonly string[]): string {
  return [programName(), 'train', ...args.map(shellWord)].join(' ');
}

/** The data command. */
export const data = defineCommand({
  name: 'data',
  summary: 'Audit a data set: classes, lengths, vocabulary, duplicates, leakage, odd rows.',
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
    { command: 'unroll data spam', does: "a known data set: SpamAssassin's mails" },
    {
      command: 'unroll data tickets.csv --text-col text --label-col queue',
      does: 'a table, with its columns named',
    },
    {
      command: 'unroll data tickets.csv --json --text.max_length 50',
      does: 'the audit as JSON, with texts cut at 50 tokens',
    },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    return withJob(invocation, async (context) => {
      const said = new Set<string>();
      const listener: typeof context.listener = (event) => {
        if (event.type === 'notice' && !values.quiet) said.add(event.text);
        context.listener?.(event);
      };
      const request = { source: positionals[0], config: values.config, overrides };
      const found = await auditData(request, { ...context, listener });
      writeResult(io, values, found, () => {
        // on a terminal, the notices are right above
        const unsaid = found.notices.filter((notice) => !io.out.terminal || !said.has(notice));
        return renderAudit({ ...found, notices: unsaid }, { color: io.out.colors.isColorSupported });
      });
      if (!values.json && positionals[0] !== '-')
        createSay(io, values)(`next: ${trainCommand(invocation.argv)}`);
      return OK;
    });
  },
});
