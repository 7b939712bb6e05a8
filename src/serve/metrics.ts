/** Counts and times of a server, in Prometheus' text format (0.0.4). */

import { append } from '../core/lists.ts';

/** Labels of a series: name to value. */
type Labels = Readonly<Record<string, string>>;

/** A metric that {@link Metrics.render} writes. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): Iterable<string>;
}

/** A number that only grows. */
export interface Counter {
  add(labels: Labels, by?: number): void;
}

/** A histogram of values. */
export interface Histogram {
  observe(labels: Labels, value: number): void;
}

/** The metrics of one server. */
export class Metrics {
  readonly #families: Family[] = [];

  /** A counter; by custom its name ends in `_total`. */
  counter(name: string, help: string): Counter {
    const series = new Map<string, number>();
    this.#families.push({
      ...{ name, help, type: 'counter' },
      lines: () => [...series].map(([labels, value]) => `${name}${braced(labels)} ${value}`),
    });
    return {
      add(labels, by = 1) {
        const key = labelText(labels);
        series.set(key, (series.get(key) ?? 0) + by);
      },
    };
  }

  /** A gauge: a value that is read on every scrape. */
  gauge(name: string, help: string, read: () => number): void {
    this.#families.push({ name, help, type: 'gauge', lines: () => [`${name} ${read()}`] });
  }

  /** A histogram. @param bounds The upper bounds of its buckets, rising; `+Inf` is added. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const series = new Map<string, { counts: number[]; sum: number }>();
    function* lines() {
      for (const [labels, { counts, sum }] of series) {
        let below = 0;
        for (const [k, bound] of [...bounds, '+Inf'].entries()) {
          below += counts[k];
          yield `${name}_bucket${braced(labels, `le="${bound}"`)} ${below}`;
        }
        yield `${name}_sum${braced(labels)} ${sum}`;
        yield `${name}_count${braced(labels)} ${below}`;
      }
    }
    this.#families.push({ name, help, type: 'histogram', lines });
    return {
      observe(labels, value) {
        const key = labelText(labels);
        let own = series.get(key);
        if (!own) series.set(key, (own = { counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 }));
        const bucket = bounds.findIndex((bound) => value <= bound);
        own.counts[bucket < 0 ? bounds.length : bucket]++;
        own.sum += value;
      },
    };
  }

  /** All metrics as text. */
  render(): string {
    const parts: string[] = [];
    for (const { name, help, type, lines } of this.#families)
      append(parts, [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()]);
    return `${parts.join('\n')}\n`;
  }
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',');
}

function braced(...labels: readonly string[]): string {
  const all = labels.filter((one) => one !== '').join(',');
  return all === '' ? '' : `{${all}}`;
}
