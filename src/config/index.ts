/** Configurations: schema, files, presets, overrides, rendering. */
export { parseConfig, loadConfig } from './load.ts';
export { configJsonSchema } from './json-schema.ts';
export { overrideLayer, type Override } from './overrides.ts';
export { presets } from './presets/index.ts';
export { plainLayer, resolveConfig } from './resolve.ts';
export { resolveSearch, type SearchConfig } from './search.ts';
export { renderConfig, type RenderOptions } from './render.ts';
export { configSchema, defineConfig, type Config, type ConfigInput } from './schema.ts';
export type { ConfigLayer } from './layer.ts';
