/** Opens a storage by its URL. Database drivers are loaded on demand: browsers only have the in-memory storage. */
import type { StudyStorage } from './contract.ts';
import { MemoryStorage } from './memory.ts';

/** Options of `openStorage`. */
export interface StorageOptions {
  /**
   * Called when the storage waits for a locked or absent database, with the reason, and when it continues. Default:
   * none.
   */
  readonly onWait?: (message: string) => void;
  /** How long it waits before it gives up, in seconds. Default 300. */
  readonly waitSeconds?: number;
  /** Whether to create a missing SQLite file, and missing tables. Default true. */
  readonly create?: boolean;
  /** The clock of start and end. Default: the system's. */
  readonly now?: () => Date;
}

/**
 * Opens studies: `memory:`; `sqlite:///relative.db`, `sqlite:////absolute.db` or a path that ends in .db or .sqlite;
 * `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`. Tables are made where there are none.
 * @throws ConfigError where the address is wrong, or the database holds another version of the tables
 * @throws FileError where it cannot be reached or written
 * @throws CorruptFileError where the file is no database
 */
export async function openStorage(url: string, options: StorageOptions = {}): Promise<StudyStorage> {
  const { parseAddress } = await import('./sql/url.ts');
  const address = parseAddress(url);
  if (address.kind === 'memory') return new MemoryStorage(options);
  const { SqlStorage } = await import('./sql/storage.ts');
  switch (address.kind) {
    case 'sqlite': {
      const { SqliteDatabase } = await import('./sql/sqlite.ts');
      return SqlStorage.open(await SqliteDatabase.open(address.path, options), options);
    }
    case 'postgresql': {
      const { PostgresDatabase } = await import('./sql/postgres.ts');
      return SqlStorage.open(await PostgresDatabase.open(address.url, options), options);
    }
    default:
      return address satisfies never;
  }
}
