/** Gradient clipping by the norm of all gradients together (Pascanu et al. 2013), as PyTorch's `clip_grad_norm_`. */

/**
 * The factor that brings gradients of Euclidean norm `norm` down to `maxNorm`: maxNorm / (norm + 1e-6), at most 1.
 * A NaN norm gives NaN, so that a broken gradient is seen and not hidden; an infinite one gives 0 (and ∞ · 0 = NaN).
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(maxNorm / (norm + 1e-6), 1);
}
