/**
 * Studies in Node: in SQLite and PostgreSQL, and out of and into journal files.
 * @module
 */
export { exportJournal, type ExportOptions } from './storage/journal/export.ts';
export { type ImportedJournal, importJournal, type ImportOptions } from './storage/journal/import.ts';
export { openStorage, type StorageOptions } from './storage/open.ts';
