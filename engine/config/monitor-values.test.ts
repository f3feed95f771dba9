import { describe, expect, test } from 'vitest';
import { parseDatabaseMonitor } from './monitor-values.ts';

const parse = (value: string): unknown => {
  const [scheme = '', rest = ''] = value.split(/:\/\/(.*)/s);
  return parseDatabaseMonitor(scheme, rest, '/srv');
};

const UNSAID = {
  host: null,
  port: null,
  user: null,
  password: null,
  database: null,
  sslMode: 'prefer',
  sslRootCert: null,
  applicationName: null,
  connectTimeoutSeconds: 10,
};

describe('a PostgreSQL monitor', () => {
  test('ends its connection at the first semicolon, as uWSGI does', () => {
    expect(parse("pg://host=db password='a;b' user=x;SELECT 1")).toMatch(/name=value/);
  });

  test("takes libpq's words, quoted and escaped", () => {
    expect(
      parse(`pg://host=/run/pg port=5433 dbname = shop user=ann password='it\\'s two' connect_timeout=3;SELECT 1; `),
    ).toEqual({
      type: 'postgres',
      connection: {
        ...UNSAID,
        host: '/run/pg',
        port: 5433,
        user: 'ann',
        password: "it's two",
        database: 'shop',
        connectTimeoutSeconds: 3,
      },
      query: 'SELECT 1;',
      text: 'pg://host=/run/pg port=5433 dbname = shop user=ann password=*** connect_timeout=3;SELECT 1;',
    });
  });

  test('takes an address', () => {
    expect(parse('pg://postgresql://ann:s%2Fcret@[::1]:5433/shop?sslmode=require;SELECT a FROM b')).toEqual({
      type: 'postgres',
      connection: {
        ...UNSAID,
        host: '::1',
        port: 5433,
        user: 'ann',
        password: 's/cret',
        database: 'shop',
        sslMode: 'require',
      },
      query: 'SELECT a FROM b',
      text: 'pg://postgresql://ann:***@[::1]:5433/shop?sslmode=require;SELECT a FROM b',
    });
    expect(parse('pg://postgres:///shop?host=%2Frun%2Fpg&password=hush;SELECT 1')).toMatchObject({
      connection: { ...UNSAID, host: '/run/pg', password: 'hush', database: 'shop' },
      text: 'pg://postgres:///shop?host=%2Frun%2Fpg&password=***;SELECT 1',
    });
  });

  test.each([
    ['pg://host=db', /needs a query/],
    ['pg://;SELECT 1', /needs a query/],
    ['pg://host=db password=hush service=x;SELECT 1', /'service'/],
    ['pg://host=db password=hush port=nine;SELECT 1', /port/],
    ['pg://host=db password=hush port=70000;SELECT 1', /port/],
    ['pg://host=db password=hush sslmode=maybe;SELECT 1', /sslmode/],
    ['pg://host=db password=hush connect_timeout=soon;SELECT 1', /connect_timeout/],
    ["pg://host=db password='hush;SELECT 1", /name=value/],
    ['pg://postgres://ann:%zz@hush/x;SELECT 1', /percent/],
    ['pg://postgres://a@hush@b:x/y;SELECT 1', /no PostgreSQL address/],
  ])('%s is refused without its password', (value, why) => {
    expect(parse(value)).toMatch(why);
    expect(parse(value)).not.toMatch(/hush/);
  });
});

test('an SQLite monitor is a file, seen from the folder of the start, and a query', () => {
  expect(parse('sqlite://vassals.db;SELECT name, config FROM vassals')).toEqual({
    type: 'sqlite',
    path: '/srv/vassals.db',
    query: 'SELECT name, config FROM vassals',
    text: 'sqlite:///srv/vassals.db;SELECT name, config FROM vassals',
  });
  expect(parse('sqlite:///var/v.db;SELECT 1')).toMatchObject({ path: '/var/v.db' });
  expect(parse('sqlite:///var/v.db')).toMatch(/needs a query/);
});

describe('a RabbitMQ monitor', () => {
  test('is an address; user, password and virtual host may stand in it', () => {
    expect(parse('amqp://127.0.0.1:5673')).toEqual({
      type: 'amqp',
      connection: { host: '127.0.0.1', port: 5673, user: 'guest', password: 'guest', vhost: '/' },
      text: 'amqp://127.0.0.1:5673',
    });
    expect(parse('amqp://ann:hu%2Fsh@[::1]/shop')).toEqual({
      type: 'amqp',
      connection: { host: '::1', port: 5672, user: 'ann', password: 'hu/sh', vhost: 'shop' },
      text: 'amqp://ann:***@[::1]/shop',
    });
  });

  test.each(['amqp://', 'amqp://h:0', 'amqp://h:99999', 'amqp://ann:hush@', 'amqp://ann:%hush@h'])(
    '%s is refused without its password',
    (value) => {
      expect(parse(value)).toMatch(/address/);
      expect(parse(value)).not.toMatch(/hush/);
    },
  );
});

test.each([
  ['zmq://tcp://127.0.0.1:5252', /'zmq': ZeroMQ is a native library/],
  ['mongodb://127.0.0.1:27107,emperor.vassals', /'mongodb': the engine has no MongoDB client/],
  ['mongodb2://127.0.0.1', /'mongodb'/],
  ['ldap://x', /'ldap', which the engine does not have/],
])('%s is refused by name', (value, why) => {
  expect(parse(value)).toMatch(why);
});
