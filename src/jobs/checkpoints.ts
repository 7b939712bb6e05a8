/** The checkpoints of a training in a folder, as the training loop keeps and takes them. */
import { floatTensors } from '../classifier/float-tensors.ts';
import { createCheckpointStore } from '../run/checkpoints.ts';
import type { TrainingCheckpointStore } from '../train/index.ts';

/** What is known of a checkpoint when it is loaded. */
export interface LoadedFrom {
  /** Notices about its file, such as that a damaged one was skipped. */
  readonly notices: readonly string[];
  /** Completed epochs; 0 where nothing was saved. */
  readonly epoch: number;
  /** Whether there was a checkpoint. */
  readonly found: boolean;
}

/** A store in `folder`. @param onLoad Called when training has asked for a checkpoint to resume from. */
export function openStore(
  folder: string,
  onLoad: (from: LoadedFrom) => void = () => undefined,
): TrainingCheckpointStore {
  const store = createCheckpointStore(folder);
  return {
    save: (name, checkpoint) => store.save(name, checkpoint),
    load(name) {
      const loaded = store.load(name);
      const { epoch = 0 } = (loaded?.state ?? {}) as { readonly epoch?: number };
      onLoad({ notices: loaded?.notices ?? [], epoch, found: loaded !== undefined });
      return loaded && { tensors: floatTensors(loaded.tensors, loaded.file), state: loaded.state };
    },
  };
}
