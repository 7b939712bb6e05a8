/** Our side of the protocol: `node bench/ours/main.ts THREADS`. */
import { readFileSync } from 'node:fs';
import { chooseKernels } from '../../src/engine/wasm/choose.ts';
import { serve } from '../support/serve.ts';
import { prepareGemm } from './gemm.ts';
import { prepareLstm } from './lstm.ts';
import { preparePeak } from './peak.ts';
import { preparePredict } from './predict.ts';
import { prepareSearch } from './search.ts';
import { prepareStep } from './step.ts';

const threads = Number(process.argv[2] ?? 1);
const kernels = chooseKernels(() => performance.now());
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

await serve(`unroll ${version} (${kernels.width} kernels)`, async (spec) => {
  switch (spec.kind) {
    case 'lstm':
      return prepareLstm(spec, kernels, threads);
    case 'step':
      return prepareStep(spec, kernels, threads);
    case 'predict':
      return preparePredict(spec, kernels, threads);
    case 'gemm':
      return prepareGemm(spec, kernels);
    case 'peak':
      return preparePeak(kernels, threads);
    case 'search':
      return prepareSearch(spec);
    default:
      return spec satisfies never;
  }
});
