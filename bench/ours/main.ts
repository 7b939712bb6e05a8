/** Our side of the protocol: `node bench/ours/main.ts THREADS`, with the engine that `UNROLL_ENGINE` names. */
import { readFileSync } from 'node:fs';
import { requestedEngine } from '../../src/cli/engine.ts';
import { chooseEngine } from '../../src/engine/choose.ts';
import { serve } from '../support/serve.ts';
import { prepareGemm } from './gemm.ts';
import { prepareLinear } from './linear.ts';
import { prepareLstm } from './lstm.ts';
import { preparePeak } from './peak.ts';
import { preparePredict } from './predict.ts';
import { prepareSearch } from './search.ts';
import { prepareStep } from './step.ts';

const threads = Number(process.argv[2] ?? 1);
const now = () => performance.now();
const engine = chooseEngine(now, requestedEngine({ env: process.env, now }));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

await serve(`unroll ${version} (${engine.name})`, async (spec) => {
  switch (spec.kind) {
    case 'lstm':
      return prepareLstm(spec, engine, threads);
    case 'step':
      return prepareStep(spec, engine, threads);
    case 'predict':
      return preparePredict(spec, engine, threads);
    case 'gemm':
      return prepareGemm(spec, engine);
    case 'peak':
      return preparePeak(engine, threads);
    case 'search':
      return prepareSearch(spec);
    case 'linear':
      return prepareLinear(spec);
    default:
      return spec satisfies never;
  }
});
