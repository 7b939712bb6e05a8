/** Addresses of storages, as Optuna (SQLAlchemy) writes them. */
import { nearest } from '../../../core/nearest.ts';
import { ConfigError } from '../../../core/errors.ts';

/** What an address means. */
export type Address =
  | { readonly kind: 'memory' }
  /** A file, relative to the working folder or absolute. */
  | { readonly kind: 'sqlite'; readonly path: string }
  /** An address that the package `pg` understands. */
  | { readonly kind: 'postgresql'; readonly url: string };

const FORMS =
  'sqlite:///FILE, a path that ends in .db or .sqlite, postgresql://USER:PASSWORD@HOST/DATABASE, memory:';

/** The address with *** in place of its password. */
export function hidePassword(url: string): string {
  return (
    url
      // up to the last @: a password that should have been encoded may hold one
      .replace(/^([^:]+:\/\/[^:@/?]*):.*@/s, '$1:***@')
      // without any @ what should be a port may be one
      .replace(/^([^:]+:\/\/[^:@/?]*):(?!\d*(?:[/?]|$)|\*{3}@)[^@]*$/s, '$1:***')
      .replace(/([?&]password=)[^&]*/gi, '$1***')
  );
}

/** @throws ConfigError where it is none of the forms */
export function parseAddress(url: string): Address {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*):(.*)$/is.exec(url) ?? [];
  // a drive letter is not a scheme
  if (scheme === undefined || scheme.length === 1) return bare(url);
  switch (scheme.toLowerCase().replace(/\+.*/, '')) {
    case 'memory':
      return { kind: 'memory' };
    case 'sqlite':
      return sqlite(url, rest);
    case 'postgresql':
    case 'postgres':
      return postgresql(url, rest);
    default:
      throw refuse(url, scheme);
  }
}

function bare(path: string): Address {
  if (/\.(db|sqlite|sqlite3)$/i.test(path)) return { kind: 'sqlite', path };
  throw new ConfigError(
    `[storage] must be one of ${FORMS}, but got ${JSON.stringify(path)}. Write sqlite:///${path || 'FILE'} for a SQLite file.`,
  );
}

function sqlite(url: string, rest: string): Address {
  const path = /^\/\/\/(.+)$/s.exec(rest)?.[1];
  if (path === undefined) {
    const file = rest.replace(/^\/*/, '') || 'FILE';
    throw new ConfigError(
      `[storage] must have three slashes before a relative path and four before an absolute one, but got ${url}. ` +
        `Write sqlite:///${file}.`,
    );
  }
  return { kind: 'sqlite', path };
}

function postgresql(url: string, rest: string): Address {
  const address = `postgresql:${rest}`;
  const shown = hidePassword(url);
  if (!rest.startsWith('//') || !isAddress(address)) {
    throw new ConfigError(
      `[storage] must be an address such as postgresql://USER:PASSWORD@HOST:5432/DATABASE, but got ${shown}. ` +
        'Write %40, %2F, %3A and %25 for @, /, : and % within the password.',
    );
  }
  return { kind: 'postgresql', url: address };
}

/** Whether `pg` will find user, password, host and database where they were meant to be. */
function isAddress(address: string): boolean {
  // without a host there is a socket, of the parameter host
  const parsed = URL.parse(address.replace(/(^postgresql:\/\/|@)\//, '$1socket/'));
  try {
    return parsed !== null && decodeURIComponent(parsed.username + parsed.password + parsed.pathname) !== '/';
  } catch {
    return false;
  }
}

function refuse(url: string, scheme: string): ConfigError {
  const meant = nearest(scheme, ['sqlite', 'postgresql', 'memory']);
  const fix = meant ? `Did you mean ${meant}?` : 'Use one of these.';
  return new ConfigError(`[storage] must be one of ${FORMS}, but got ${hidePassword(url)}. ${fix}`);
}
