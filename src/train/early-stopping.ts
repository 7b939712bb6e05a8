/** Early stopping (Prechelt, 1998): remembers the best epoch and says when waiting longer is not worth it. */
import { type Monitor, monitorMode } from '../nn/schedules/index.ts';

/** The state to save, to resume later. */
export interface EarlyStoppingState {
  /** Best value so far; null before the first epoch. */
  readonly best: number | null;
  /** Epoch of the best value, from 1; 0 before the first. */
  readonly bestEpoch: number;
  /** Epochs since then. */
  readonly waited: number;
}

/** Options of {@link createEarlyStopping}. */
export interface EarlyStoppingOptions {
  /** The metric that is watched. */
  readonly monitor: Monitor;
  /** Epochs without improvement after which to stop; null = never. */
  readonly patience: number | null;
  /** Smallest change that counts as an improvement, at least 0. */
  readonly minDelta: number;
}

/** Watches one metric. */
export interface EarlyStopping {
  /** Receives the metric of an epoch (from 1). NaN is never an improvement. */
  update(epoch: number, value: number): { readonly improved: boolean; readonly stop: boolean };
  /** The best epoch so far, from 1; 0 before the first. */
  readonly bestEpoch: number;
  /** Whether it said stop: a run that is resumed after that has nothing left to do. */
  readonly exhausted: boolean;
  /** All that it remembers, as plain JSON. */
  state(): EarlyStoppingState;
  /** Goes on from a state. */
  restore(state: EarlyStoppingState): void;
}

/** Creates a watch. */
export function createEarlyStopping({ monitor, patience, minDelta }: EarlyStoppingOptions): EarlyStopping {
  const sign = monitorMode(monitor) === 'min' ? -1 : 1;
  let state: EarlyStoppingState = { best: null, bestEpoch: 0, waited: 0 };
  const exhausted = () => patience !== null && state.waited >= patience;
  return {
    update(epoch, value) {
      const improved =
        Number.isFinite(value) && (state.best === null || sign * (value - state.best) > minDelta);
      state = improved
        ? { best: value, bestEpoch: epoch, waited: 0 }
        : { ...state, waited: state.waited + 1 };
      return { improved, stop: exhausted() };
    },
    get exhausted() {
      return exhausted();
    },
    get bestEpoch() {
      return state.bestEpoch;
    },
    state: () => state,
    restore(saved) {
      state = { ...saved };
    },
  };
}
