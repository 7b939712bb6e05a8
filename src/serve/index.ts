/**
 * Prediction over HTTP: {@link startServing} loads models and listens; {@link createApp} is the same without a socket,
 * for another server. Node only.
 * @module
 */
export { createApp, type AppOptions } from './app.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export { type ModelSpec, readModelSpecs } from './models/specs.ts';
export type { Catalog, CatalogEvent, ServedModel } from './models/catalog.ts';
export type { Log, LogRecord } from './observe.ts';
export { openApi, type OpenApi } from './openapi.ts';
export {
  type OpenService,
  openService,
  type ServeContext,
  type ServeEvent,
  type ServeRequest,
  type Serving,
  startServing,
} from './serve.ts';
