/** Calibration: whether predictions with a confidence of 80 % are correct in 80 % of the cases. */

/** One bin of the reliability diagram; `lower` is excluded, `upper` included (0 belongs to the first bin). */
export interface CalibrationBin {
  /** Lower end of the bin, in [0, 1); not part of it. */
  readonly lower: number;
  /** Upper end of the bin, in (0, 1]. */
  readonly upper: number;
  /** Documents whose highest probability falls into the bin. */
  readonly count: number;
  /** Their mean highest probability; 0 for an empty bin. */
  readonly confidence: number;
  /** Proportion of them that are predicted correctly; 0 for an empty bin. */
  readonly accuracy: number;
}

/**
 * Sorts predictions into `bins` bins of equal width by their highest probability (Guo et al. 2017).
 * @param confidences `[N]` highest probability of each document.
 * @param right `[N]` whether that class was the true one.
 */
export function calibrationBins(
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean>,
  bins = 15,
): CalibrationBin[] {
  const count = new Array<number>(bins).fill(0);
  const confidence = new Array<number>(bins).fill(0);
  const hits = new Array<number>(bins).fill(0);
  for (let n = 0; n < confidences.length; n++) {
    const bin = Math.min(Math.max(Math.ceil(confidences[n] * bins) - 1, 0), bins - 1);
    count[bin]++;
    confidence[bin] += confidences[n];
    if (right[n]) hits[bin]++;
  }
  return count.map((documents, bin) => ({
    lower: bin / bins,
    upper: (bin + 1) / bins,
    count: documents,
    confidence: documents === 0 ? 0 : confidence[bin] / documents,
    accuracy: documents === 0 ? 0 : hits[bin] / documents,
  }));
}
