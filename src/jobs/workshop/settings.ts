/** What a workshop runs with: a configuration for each of its three networks, and the length of the warm-up. */
import { changedKeys } from '../../config/diff.ts';
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { bilstmWorkshop } from '../../config/presets/bilstm-workshop.ts';
import type { Preset } from '../../config/presets/preset.ts';
import { rnnWorkshop } from '../../config/presets/rnn-workshop.ts';
import { merge } from '../../config/layer.ts';
import { plainLayer, resolveConfig } from '../../config/resolve.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { resolveSearch, type SearchConfig } from '../../config/search.ts';
import { ConfigError } from '../../core/errors.ts';
import { count } from '../../core/words.ts';
import { withAbsolutePaths } from '../read-data.ts';
import { defaultSettings, scratchConfig, type ScratchSettings } from '../scratch/config.ts';
import { findTask } from '../scratch/warm-up.ts';
import { isFree } from '../train/start.ts';

/** The networks with their run folders and names, in the order of training. */
export const networks = {
  scratch: { folder: 'rnn-from-scratch', title: 'RNN from scratch' },
  rnn: { folder: 'rnn', title: 'RNN classifier' },
  bilstm: { folder: 'bilstm', title: 'BiLSTM classifier' },
} as const;

/** A network's name. */
export type NetworkName = keyof typeof networks;

/** The names of the networks. */
export const networkNames = Object.keys(networks) as NetworkName[];

/** The networks whose parameters are searched for. */
export type SearchedName = Exclude<NetworkName, 'scratch'>;

/** A configuration with ranges, and its `tune` section, as a search reads it. */
export type SearchValues = Readonly<Record<string, unknown>> & {
  readonly tune: { readonly trials: number; readonly workers?: unknown };
};

/** What a workshop runs with. */
export interface WorkshopSettings {
  readonly quick: boolean;
  /** Config of each network; the best trial's parameters are laid over it. */
  readonly configs: Readonly<Record<NetworkName, Config>>;
  /** What is searched; null where nothing is. */
  readonly searches: Readonly<Record<SearchedName, SearchValues | null>>;
  /** Settings of the network from scratch and its warm-up. */
  readonly scratch: ScratchSettings & { readonly task: string; readonly task_epochs: number };
}

const presets: Readonly<Record<SearchedName, Preset>> = { rnn: rnnWorkshop, bilstm: bilstmWorkshop };

/** What `--quick` shortens; its help text says the same. */
export const quickSettings = {
  task_epochs: 10,
  scratch: { train: { epochs: 8 } },
  // the plain RNN learns slowly, and an epoch of it costs little
  rnn: {},
  bilstm: { train: { epochs: 20, patience: 4 } },
} as const satisfies Record<string, number | ConfigInput>;

/** Keys that the workshop fixes for each network. */
const FIXED = ['model.type', 'model.bidirectional'];

/** The settings of a new workshop, as requested. */
export interface NewSettings {
  readonly quick: boolean;
  readonly overrides: readonly Override[];
  /** Trials of each search, 0 for none; undefined for those of the presets, of which `quick` has none. */
  readonly trials?: number | undefined;
  /** The `data` section below the overrides. */
  readonly data: ConfigInput['data'];
}

/** The settings of a new workshop. @throws ConfigError */
export function newSettings({ quick, overrides, trials, data }: NewSettings): WorkshopSettings {
  const task = findTask(undefined);
  const layersOf = (name: SearchedName, values: object) => [
    plainLayer({ ...values, data }, `preset ${presets[name].name}`),
    plainLayer(quick ? quickSettings[name] : {}, '--quick'),
    overrideLayer(overridesOf(name, overrides)),
  ];
  const classifier = (name: SearchedName) =>
    withAbsolutePaths(resolveConfig(...layersOf(name, presets[name].config)));
  const search = (name: SearchedName): SearchValues | null => {
    const { config, search: ranges } = presets[name];
    if (trials === 0 || (quick && trials === undefined) || !ranges) return null;
    const layers = layersOf(name, merge(config, ranges) as object);
    const { space, tune } = resolveSearch(
      ...layers,
      plainLayer(trials === undefined ? {} : { tune: { trials } }, '--trials'),
    );
    return { ...(space.config as Record<string, unknown>), tune };
  };
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
    searches: { rnn: search('rnn'), bilstm: search('bilstm') },
    scratch: {
      ...defaultSettings,
      task: task.name,
      task_epochs: quick ? quickSettings.task_epochs : task.settings.epochs,
    },
  };
}

/** The search for a network's parameters; undefined where there is none. @throws ConfigError */
export function searchFor(
  { searches, configs }: Pick<WorkshopSettings, 'searches' | 'configs'>,
  name: SearchedName,
): SearchConfig | undefined {
  const values = searches[name];
  if (values === null) return undefined;
  const { data, text, evaluate, train } = configs[name];
  const { threads, checkpoint_seconds } = train;
  const { workers = 'auto' } = values.tune;
  return resolveSearch(
    plainLayer(values, 'the workshop'),
    // all networks read the same documents; keys without influence may have changed since the search began
    plainLayer({ data, text, evaluate, train: { threads, checkpoint_seconds } }, 'the workshop'),
    plainLayer({ tune: { workers: workers === 'auto' ? threads : workers } }, '--workers'),
  );
}

/** The overrides that apply to a network. @throws ConfigError for a key that the workshop fixes */
export function overridesOf(name: NetworkName, overrides: readonly Override[]): readonly Override[] {
  const fixed = overrides.find(({ key }) => FIXED.includes(key.replaceAll('-', '_')));
  if (fixed) {
    throw new ConfigError(
      `[command line] ${fixed.option ?? `--${fixed.key}`} is set by the workshop, which trains an RNN and a BiLSTM, but got ${fixed.text}. ` +
        'Leave it out, or train another network with unroll train and compare it with them by unroll compare.',
      { key: fixed.key },
    );
  }
  if (name !== 'scratch') return overrides;
  // these keys do not apply to the network from scratch
  const shared = ['train.seed', 'train.threads', 'train.checkpoint_seconds'];
  return overrides.filter(({ key }) => {
    const path = key.replaceAll('-', '_');
    return shared.includes(path) || !/^(model|train)\./.test(path);
  });
}

/** Refuses to resume with changed settings, except those without influence on the weights. @throws ConfigError */
export function requireSameSettings(
  saved: WorkshopSettings,
  { quick, overrides, trials }: Omit<NewSettings, 'data'>,
  folder: string,
): WorkshopSettings {
  const refuse = (what: string, key: string) =>
    new ConfigError(
      `[--resume] the settings must be those of ${folder}, but ${what}. Leave it out, or start another workshop without --resume.`,
      { key },
    );
  if (quick && !saved.quick) throw refuse('it was started without --quick', 'quick');
  for (const name of ['rnn', 'bilstm'] as const) {
    const search = searchFor(saved, name);
    const before = search?.tune.trials ?? 0;
    if (trials !== undefined && trials !== before)
      throw refuse(`it was started with ${count(before, 'trial')} for the ${networks[name].title}`, 'trials');
    const searched = search?.space.params.find((param) =>
      overrides.some(({ key }) => key.replaceAll('-', '_') === param.name),
    );
    if (searched) throw refuse(`it searches for ${searched.name}`, searched.name);
  }
  const configs = Object.fromEntries(
    networkNames.map((name) => {
      const before = resolveConfig(plainLayer(saved.configs[name], folder));
      const after = withAbsolutePaths(
        resolveConfig(plainLayer(saved.configs[name], folder), overrideLayer(overridesOf(name, overrides))),
      );
      const changed = changedKeys(before, after).filter((key) => !isFree(key));
      if (changed.length > 0) {
        throw refuse(`${changed.join(', ')} ${changed.length === 1 ? 'is' : 'are'} different`, changed[0]);
      }
      return [name, after];
    }),
  ) as Record<NetworkName, Config>;
  return { ...saved, configs, searches: withWorkers(saved.searches, overrides) };
}

/** The searches with another number of workers, which has no influence. */
function withWorkers(
  searches: WorkshopSettings['searches'],
  overrides: readonly Override[],
): WorkshopSettings['searches'] {
  const given = overrides.filter(({ key }) => key === 'tune.workers');
  if (given.length === 0) return searches;
  const change = (values: SearchValues | null): SearchValues | null => {
    if (values === null) return null;
    const { workers } = resolveSearch(plainLayer(values, 'the workshop'), overrideLayer(given)).tune;
    return { ...values, tune: { ...values.tune, workers } };
  };
  return { rnn: change(searches.rnn), bilstm: change(searches.bilstm) };
}
