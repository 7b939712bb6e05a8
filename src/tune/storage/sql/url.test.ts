import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../../core/errors.ts';
import { hidePassword, parseAddress } from './url.ts';

test('addresses as SQLAlchemy writes them, and paths', () => {
  const sqlite = (path: string) => ({ kind: 'sqlite', path });
  assert.deepEqual(parseAddress('memory:'), { kind: 'memory' });
  assert.deepEqual(parseAddress('sqlite:///a b/c.db'), sqlite('a b/c.db'));
  assert.deepEqual(parseAddress('sqlite:////abs/c.db'), sqlite('/abs/c.db'));
  assert.deepEqual(parseAddress('sqlite:///odd?#%20.db'), sqlite('odd?#%20.db'));
  assert.deepEqual(parseAddress('SQLite:///x'), sqlite('x'));
  for (const path of ['x.db', '/a/b.sqlite', './x.sqlite3', String.raw`C:\studies\x.db`]) {
    assert.deepEqual(parseAddress(path), sqlite(path));
  }
  for (const scheme of ['postgresql', 'postgres', 'postgresql+psycopg2']) {
    const url = 'postgresql://u:p%40w@host:5433/db?sslmode=require';
    assert.deepEqual(parseAddress(url.replace('postgresql', scheme)), { kind: 'postgresql', url });
  }
  for (const url of [
    'postgresql:///db?host=/run/pg',
    'postgresql://u@/db?host=/run/pg',
    'postgresql://u@host',
  ]) {
    assert.deepEqual(parseAddress(url), { kind: 'postgresql', url });
  }
});

test('a wrong address is refused with what to write', () => {
  const cases: [string, RegExp][] = [
    ['postgress://u:geheim@host/db', /but got postgress:\/\/u:\*\*\*@host\/db\. Did you mean postgresql\?/],
    ['sqllite:///x.db', /Did you mean sqlite\?/],
    ['mysql://u:geheim@host/db', /must be one of sqlite:.* memory:, but got mysql:\/\/u:\*\*\*@host\/db/],
    ['sqlite://x.db', /three slashes.*Write sqlite:\/\/\/x\.db\./],
    ['sqlite:x.db', /Write sqlite:\/\/\/x\.db\./],
    ['sqlite:///', /Write sqlite:\/\/\/FILE\./],
    ['', /Write sqlite:\/\/\/FILE/],
    ['studies', /Write sqlite:\/\/\/studies for a SQLite file/],
    ['postgresql:host/db', /must be an address such as postgresql:\/\/USER/],
    ['postgresql://u:ge/heim@host/db', /but got postgresql:\/\/u:\*\*\*@host\/db.*%40/],
    ['postgresql://u:geheim%zz@host/db', /%25 for @, \/, : and %/],
    ['postgresql://u:geheim@host:port/db', /must be an address/],
    ['postgresql://u:geheim/db', /but got postgresql:\/\/u:\*\*\*\. /],
  ];
  for (const [url, expected] of cases) {
    assert.throws(
      () => parseAddress(url),
      (error: Error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, expected, url);
        assert.doesNotMatch(error.message, /ge\/?heim/);
        return true;
      },
    );
  }
});

test('a password is never shown', () => {
  assert.equal(hidePassword('postgresql://u@h/d'), 'postgresql://u@h/d');
  assert.equal(hidePassword('postgresql://h:1/d'), 'postgresql://h:1/d');
  assert.equal(hidePassword('postgresql://h:5432'), 'postgresql://h:5432');
  // somebody forgot the host
  assert.equal(hidePassword('postgresql://me:geheim/db'), 'postgresql://me:***');
  assert.equal(hidePassword('--storage=postgresql://u:geheim@h/d'), '--storage=postgresql://u:***@h/d');
  assert.equal(
    hidePassword('postgresql://h/d?user=u&password=geheim&x=1'),
    'postgresql://h/d?user=u&password=***&x=1',
  );
  fc.assert(
    fc.property(fc.string({ minLength: 3 }), (password) => {
      // not one that the rest holds by chance
      fc.pre(!'postgresql://user:***@host:5432/name'.includes(password));
      for (const url of [
        `postgresql://user:${password}@host:5432/name`,
        `sqlserver://user:${password}@host`,
      ]) {
        assert.ok(!hidePassword(url).includes(password));
      }
    }),
  );
});
