/** The mixtures of a batch as integers for the GPU. */
import { drawMixture } from '../mixup.ts';

/** Offsets in the integers of the batch. */
export class GpuMixture {
  /** The bits of λ. */
  readonly lambda: number;
  /** [rows] partner of a document; the document whose partner it is; the class of its partner. */
  readonly partners: number;
  readonly inverse: number;
  readonly labels: number;
  readonly #alpha: number;

  constructor(alloc: (words: number) => number, rows: number, alpha: number) {
    this.#alpha = alpha;
    this.lambda = alloc(1);
    this.partners = alloc(rows);
    this.inverse = alloc(rows);
    this.labels = alloc(rows);
  }

  /** Draws the mixtures of a step. */
  write(
    { words, floats }: { readonly words: Int32Array; readonly floats: Float32Array },
    at: Parameters<typeof drawMixture>[0],
    labels: ArrayLike<number>,
  ): void {
    const { lambda, partners } = drawMixture(at, labels.length, this.#alpha);
    floats[this.lambda] = lambda;
    for (const [b, partner] of partners.entries()) {
      words[this.partners + b] = partner;
      words[this.inverse + partner] = b;
      words[this.labels + b] = labels[partner];
    }
  }
}
