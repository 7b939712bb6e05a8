/**
 * `scratch.json`: the results of `unroll scratch` in addition to the classifier: warm-up, gradient check, gradient
 * flow.
 */
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.scratch', version: 1 } as const;

const maybe = z.number().nullable();
const count = z.int().min(0);
const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  /** What belongs to the network from scratch alone and has no key in the configuration. */
  settings: z.object({ clip: z.number(), ask: z.enum(['last', 'every']) }),
  /** The toy task: loss before learning and after each epoch, and sequences with what the network says to them. */
  task: z.object({
    task: z.string(),
    summary: z.string(),
    seed: z.int(),
    settings: z.object({ hidden: count, lr: z.number(), clip: z.number(), epochs: count }),
    curve: z.array(z.object({ epoch: count, loss: z.number() })),
    fall: z.number(),
    predictions: z.array(
      z.object({ x: z.array(z.array(z.number())), target: z.array(maybe), output: z.array(maybe) }),
    ),
  }),
  /** Every weight of two small networks, BPTT against central differences. */
  gradient_check: z.array(
    z.object({
      loss: z.enum(['mse', 'cross_entropy']),
      sizes: z.object({ D: count, H: count, O: count, T: count }),
      step: z.number(),
      weights: z.array(
        z.object({
          name: z.enum(['Wxh', 'Whh', 'bh', 'Why', 'by']),
          shape: z.array(count),
          count,
          largestError: z.number(),
          at: count,
          analytic: z.number(),
          numeric: z.number(),
        }),
      ),
      largestError: z.number(),
    }),
  ),
  /** ‖∂L/∂h_t‖ / ‖∂L/∂h_T‖ for each network and length. */
  gradient_flow: z.object({
    seed: z.int(),
    sizes: z.object({ D: count, H: count }),
    sequences: count,
    curves: z.array(
      z.object({
        network: z.string(),
        summary: z.string(),
        length: count,
        norms: z.array(z.number()),
        arrives: z.number(),
        perStep: z.number(),
      }),
    ),
  }),
});

/** The content of `scratch.json`. */
export type ScratchFile = Omit<z.output<typeof schema>, 'format' | 'version'>;

/** Writes the file. */
export function writeScratch(path: string, content: ScratchFile): void {
  writeJson(path, { ...FORMAT, ...content });
}

/** Reads the file. Errors as `readJson`. */
export function readScratch(path: string): ScratchFile {
  const { format: _format, version: _version, ...content } = readJson(path, schema, FORMAT);
  return content;
}
