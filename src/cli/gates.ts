/** Quality gates: `--fail-under macro_f1=0.85`. */
import { didYouMean, nearest } from '../core/nearest.ts';
import { metrics } from '../evaluate/index.ts';
import { UsageError } from './args.ts';

/** The metrics that a gate may use; the higher, the better. */
export const gateMetrics: readonly string[] = metrics
  .filter(({ better }) => better === 'higher')
  .map(({ type }) => type);

/** A metric and the value that it must reach. */
export interface Gate {
  readonly metric: string;
  readonly least: number;
}

/** Reads `metric=number`, one or several joined by commas; a UsageError lists the metrics that `known` has. */
export function parseGates(texts: readonly string[], known: readonly string[]): readonly Gate[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const [metric, number, ...more] = text.split('=').map((part) => part.trim());
      const least = Number(number);
      if (!known.includes(metric)) {
        const guess = nearest(metric, known);
        throw new UsageError(
          `[command line] --fail-under must name one of ${known.join(', ')}, but got "${metric}".${didYouMean(guess)}`,
        );
      }
      if (!number || more.length > 0 || !Number.isFinite(least)) {
        throw new UsageError(
          `[command line] --fail-under must be a metric and a number, as in macro_f1=0.85, but got "${text}".`,
        );
      }
      const [low, high] = rangeOf(metric);
      if (least < low || least > high) {
        const share = least > 1 && least <= 100 ? ` Did you mean ${metric}=${least / 100}?` : '';
        throw new UsageError(
          `[command line] --fail-under ${metric} must be a number from ${low} to ${high}, but got ${number}.${share}`,
        );
      }
      return { metric, least };
    });
}

/** The range of a metric. */
function rangeOf(metric: string): readonly [low: number, high: number] {
  return metrics.find(({ type }) => type === metric)?.range ?? [-Infinity, Infinity];
}

/** One sentence for each gate that is missed; a metric that is missing or NaN misses its gate. */
export function missedGates(
  gates: readonly Gate[],
  figures: Readonly<Record<string, unknown>>,
): readonly string[] {
  return gates.flatMap(({ metric, least }) => {
    const value = figures[metric];
    if (typeof value === 'number' && value >= least) return [];
    return [
      `${metric} must be at least ${least}, but is ${typeof value === 'number' ? value.toFixed(4) : 'missing'}`,
    ];
  });
}
