/**
 * Studies in Node: in SQLite and PostgreSQL, with import from and export to journal files.
 * @module
 */
export { exportJournal, type ExportOptions } from './storage/journal/export.ts';
export { type ImportedJournal, importJournal, type ImportOptions } from './storage/journal/import.ts';
export { openStorage, type StorageOptions } from './storage/open.ts';
