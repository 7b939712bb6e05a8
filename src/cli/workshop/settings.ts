/** What a workshop runs with: a configuration for each of its three networks, and the length of the warm-up. */
import { changedKeys } from '../../config/diff.ts';
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { bilstmWorkshop } from '../../config/presets/bilstm-workshop.ts';
import { rnnWorkshop } from '../../config/presets/rnn-workshop.ts';
import { plainLayer, resolveConfig } from '../../config/resolve.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { defaultSettings, scratchConfig } from '../scratch/config.ts';
import type { ScratchSettings } from '../scratch/classifier.ts';
import { findTask } from '../scratch/warm-up.ts';
import { withAbsolutePaths } from '../source.ts';
import { isFree } from '../train/start.ts';

/** The networks, each with its run folder and what texts call it; in the order in which they are trained. */
export const networks = {
  scratch: { folder: 'rnn-from-scratch', title: 'RNN from scratch' },
  rnn: { folder: 'rnn', title: 'RNN classifier' },
  bilstm: { folder: 'bilstm', title: 'BiLSTM classifier' },
} as const;

/** A network's name. */
export type NetworkName = keyof typeof networks;

/** The names of the networks. */
export const networkNames = Object.keys(networks) as NetworkName[];

/** What a workshop runs with. */
export interface WorkshopSettings {
  readonly quick: boolean;
  readonly configs: Readonly<Record<NetworkName, Config>>;
  /** What belongs to the network from scratch alone, with its warm-up. */
  readonly scratch: ScratchSettings & { readonly task: string; readonly task_epochs: number };
}

const presets = { rnn: rnnWorkshop, bilstm: bilstmWorkshop } as const;

/** What `--quick` shortens; its help text says the same. */
export const quickSettings = {
  task_epochs: 10,
  scratch: { train: { epochs: 8 } },
  // the plain RNN learns slowly, and an epoch of it costs little
  rnn: {},
  bilstm: { train: { epochs: 20, patience: 4 } },
} as const satisfies Record<string, number | ConfigInput>;

/** Keys that each network has from its part in the workshop. */
const FIXED = ['model.type', 'model.bidirectional'];

/** Which settings a new workshop begins with. */
export interface NewSettings {
  readonly quick: boolean;
  readonly overrides: readonly Override[];
  /** The `data` section below the overrides. */
  readonly data: ConfigInput['data'];
}

/** The settings of a new workshop. @throws ConfigError */
export function newSettings({ quick, overrides, data }: NewSettings): WorkshopSettings {
  const task = findTask(undefined);
  const classifier = (name: keyof typeof presets) =>
    withAbsolutePaths(
      resolveConfig(
        plainLayer({ ...presets[name].config, data }, `preset ${presets[name].name}`),
        plainLayer(quick ? quickSettings[name] : {}, '--quick'),
        overrideLayer(overridesOf(name, overrides)),
      ),
    );
  const { text } = bilstmWorkshop.config;
  return {
    quick,
    configs: {
      scratch: withAbsolutePaths(
        scratchConfig(overridesOf('scratch', overrides), {
          data,
          text,
          ...(quick ? quickSettings.scratch : {}),
        }),
      ),
      rnn: classifier('rnn'),
      bilstm: classifier('bilstm'),
    },
    scratch: {
      ...defaultSettings,
      task: task.name,
      task_epochs: quick ? quickSettings.task_epochs : task.settings.epochs,
    },
  };
}

/** The overrides that a network hears. @throws ConfigError for a key that its part in the workshop fixes */
export function overridesOf(name: NetworkName, overrides: readonly Override[]): readonly Override[] {
  const fixed = overrides.find(({ key }) => FIXED.includes(key.replaceAll('-', '_')));
  if (fixed) {
    throw new ConfigError(
      `[command line] ${fixed.option ?? `--${fixed.key}`} must be left to the workshop, which trains an RNN and a BiLSTM, but got ${fixed.text}. ` +
        'Leave it out, or train another network with unroll train and set it beside them with unroll compare.',
      { key: fixed.key },
    );
  }
  if (name !== 'scratch') return overrides;
  // the network from scratch has a shape and a training of its own
  const shared = ['train.seed', 'train.threads', 'train.checkpoint_seconds'];
  return overrides.filter(({ key }) => {
    const path = key.replaceAll('-', '_');
    return shared.includes(path) || !/^(model|train)\./.test(path);
  });
}

/** Refuses to go on with other settings than before, but for those without influence on the weights. @throws ConfigError */
export function requireSameSettings(
  saved: WorkshopSettings,
  { quick, overrides }: Pick<NewSettings, 'quick' | 'overrides'>,
  folder: string,
): WorkshopSettings {
  const refuse = (what: string, key: string) =>
    new ConfigError(
      `[--resume] the settings must be those of ${folder}, but ${what}. Leave that out, or start another workshop without --resume.`,
      { key },
    );
  if (quick && !saved.quick) throw refuse('it was started without --quick', 'quick');
  const configs = Object.fromEntries(
    networkNames.map((name) => {
      const before = resolveConfig(plainLayer(saved.configs[name], folder));
      const after = withAbsolutePaths(
        resolveConfig(plainLayer(saved.configs[name], folder), overrideLayer(overridesOf(name, overrides))),
      );
      const changed = changedKeys(before, after).filter((key) => !isFree(key));
      if (changed.length > 0) {
        throw refuse(
          `${changed.join(', ')} ${changed.length === 1 ? 'is' : 'are'} set otherwise`,
          changed[0],
        );
      }
      return [name, after];
    }),
  ) as Record<NetworkName, Config>;
  return { ...saved, configs };
}
