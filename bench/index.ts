/** The benchmarks: one file a claim, and this list. */
import { accuracy } from './accuracy.ts';
import { bare } from './bare.ts';
import type { Bench } from './bench.ts';
import { gemm } from './gemm.ts';
import { jsPeers } from './js-peers.ts';
import { linear } from './linear.ts';
import { lstmStep } from './lstm-step.ts';
import { memory } from './memory.ts';
import { page } from './page.ts';
import { predict } from './predict.ts';
import { sampler } from './sampler.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { skipgram } from './skipgram.ts';
import { workers } from './workers.ts';
import { workshop } from './workshop.ts';

/** All benchmarks in the order in which they are shown. */
export const benches: readonly Bench[] = [
  lstmStep,
  gemm,
  predict,
  jsPeers,
  linear,
  memory,
  page,
  sampler,
  search,
  serve,
  skipgram,
  workers,
  workshop,
  accuracy,
  bare,
];
