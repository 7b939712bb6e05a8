/** `unroll evaluate`: measures a trained model on its own test documents, or on others. */
import { evaluate as evaluateModel } from '../../jobs/evaluate/evaluate.ts';
import {
  columnOptions,
  commonOptions,
  defineCommand,
  readThreads,
  skipUnseenOption,
  threadsOption,
} from '../command.ts';
import { gateMetrics, missedGates, parseGates } from '../gates.ts';
import { withJob } from '../listen.ts';
import { evaluationFor, sayMissed, writeResult } from '../write-result.ts';

/** The evaluate command. */
export const evaluate = defineCommand({
  name: 'evaluate',
  summary: 'Measure a trained model, with confidence intervals.',
  usage: 'RUN [DATA]',
  positionals: { min: 1, max: 2 },
  details:
    "Without DATA, the test documents of the run are read again, and RUN/test.json is written. With DATA, all of its documents are used, and RUN/test-NAME.json is written; if DATA is the run's own data, only its test documents are used, because the model was trained on the others. For a model folder without its run, an evaluation is only written with -o.",
  options: {
    output: { value: 'FILE', short: 'o', description: 'write the evaluation to this JSON file instead' },
    'fail-under': {
      value: 'METRIC=NUMBER',
      multiple: true,
      description: 'exit with code 4 if a metric is lower, as in macro_f1=0.85',
    },
    'skip-unseen': skipUnseenOption,
    ...columnOptions,
    threads: threadsOption,
    ...commonOptions,
  },
  sections: ['data', 'evaluate'],
  examples: [
    { command: 'unroll evaluate runs/spam-1', does: "the run's own test documents" },
    {
      command: 'unroll evaluate runs/spam-1 more.csv --fail-under accuracy=0.95',
      does: 'other documents, with a gate',
    },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const [model, source] = positionals as readonly [string, string?];
    const gates = parseGates(values['fail-under'], gateMetrics);
    const threads = readThreads(values.threads);
    return withJob(invocation, async (context) => {
      const request = { model, source, overrides, output: values.output, threads };
      const { evaluation } = await evaluateModel(request, context);
      const { log_loss: loss } = evaluation;
      writeResult(io, values, { loss, ...evaluation }, () => evaluationFor(io.out, evaluation));
      return sayMissed(missedGates(gates, { ...evaluation, loss }), io);
    });
  },
});
