/** The monitors that ask a database, against real ones: what they find, and what they do when they are not answered. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultEmperor } from '../config/emperor-settings.ts';
import { parseDatabaseMonitor } from '../config/monitor-values.ts';
import { waitFor } from '../testing/engine-process.ts';
import { PostgresServer, whyNoPostgres } from '../testing/postgres-server.ts';
import { RabbitmqServer, whyNoRabbitmq } from '../testing/rabbitmq-server.ts';
import { openDatabaseMonitor } from './database-monitors.ts';
import type { Monitor } from './monitors.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-monitors-'));
const monitors: Monitor[] = [];

afterEach(() => {
  for (const monitor of monitors.splice(0)) monitor.dispose();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The monitor of this value, its names at each look (null: it could not look), and what it logs. */
function watch(value: string) {
  const [scheme = '', rest = ''] = value.split(/:\/\/(.*)/s);
  const setting = parseDatabaseMonitor(scheme, rest, folder);
  if (typeof setting === 'string') throw new Error(setting);
  const lines: string[] = [];
  const place = { env: {}, cwd: folder, log: (text: string) => lines.push(text) };
  const monitor = openDatabaseMonitor(setting, defaultEmperor(), place);
  monitors.push(monitor);
  const names = async (): Promise<string[] | null> => (await monitor.scan())?.map(({ id }) => id) ?? null;
  return { monitor, lines, names };
}

function make(file: string, ...names: string[]): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE vassals (name TEXT PRIMARY KEY, config TEXT, ts INTEGER)');
  for (const name of names) database.prepare('INSERT INTO vassals VALUES (?, ?, ?)').run(name, '[uwsgi]\n', 7);
  return database;
}

describe('an SQLite database', () => {
  const path = join(folder, 'vassals.db');
  const QUERY = 'SELECT name, config, ts FROM vassals ORDER BY name';

  afterEach(() => rmSync(path, { force: true }));

  test('gives its rows at each look, also when another file has taken its place', async () => {
    const database = make(path, 'a.ini', 'b.ini');
    const { monitor, names, lines } = watch(`sqlite://${path};${QUERY}`);
    expect(await monitor.scan()).toMatchObject([
      { id: 'a.ini', config: '[uwsgi]\n', mtimeMs: 7_000, refusal: null, folder },
      { id: 'b.ini' },
    ]);
    database.exec("UPDATE vassals SET ts = 8 WHERE name = 'a.ini'; DELETE FROM vassals WHERE name = 'b.ini'");
    database.close();
    expect(await monitor.scan()).toMatchObject([{ id: 'a.ini', mtimeMs: 8_000 }]);
    make(`${path}.new`, 'c.ini').close();
    renameSync(`${path}.new`, path);
    expect(await names()).toEqual(['c.ini']);
    expect(lines).toEqual([]);
  });

  test('that is not there, is locked or does not know the table leaves all as it is, is told once, and may come', async () => {
    const { names, lines } = watch(`sqlite://${path};${QUERY}`);
    expect([await names(), await names()]).toEqual([null, null]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/unable to open database file; its vassals stay as they are$/);
    const database = make(path, 'a.ini');
    expect(await names()).toEqual(['a.ini']);
    expect(lines.at(-1)).toMatch(/answers again$/);
    database.exec('BEGIN EXCLUSIVE');
    expect(await names()).toBeNull();
    database.exec('COMMIT; ALTER TABLE vassals RENAME TO others');
    expect(await names()).toBeNull();
    expect(lines.at(-1)).toMatch(/no such table: vassals/);
    database.exec('ALTER TABLE others RENAME TO vassals; DELETE FROM vassals');
    expect(await names()).toEqual([]);
    database.close();
  });

  test('is only read', async () => {
    const database = make(path, 'a.ini');
    const { names, lines } = watch(`sqlite://${path};DELETE FROM vassals RETURNING name, config`);
    expect(await names()).toBeNull();
    expect(lines.at(-1)).toMatch(/readonly database/);
    expect(database.prepare('SELECT count(*) AS n FROM vassals').get()).toEqual({ n: 1 });
    database.close();
  });

  test('needs two columns, and no more rows than there may be vassals', async () => {
    make(path, 'a.ini').close();
    const few = watch(`sqlite://${path};SELECT name FROM vassals`);
    expect(await few.names()).toBeNull();
    expect(few.lines.at(-1)).toMatch(/no configuration in a second column/);
    const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)';
    const lots = watch(`sqlite://${path};${many} SELECT i || '.ini', '[uwsgi]' FROM n`);
    expect(await lots.names()).toBeNull();
    expect(lots.lines.at(-1)).toMatch(/10001 rows, more than 10000/);
  });
});

describe('a PostgreSQL database', () => {
  const whyNot = whyNoPostgres();
  let server: PostgresServer;
  const QUERY = 'SELECT name, config, ts, uid, gid FROM vassals ORDER BY name';
  const local = (query = QUERY): string => `pg://host=${server.folder} port=${server.port} user=postgres;${query}`;
  const asAnn = (password: string): string =>
    `pg://host=127.0.0.1 port=${server.port} user=ann dbname=postgres password=${password};${QUERY}`;

  beforeAll(async () => {
    if (whyNot !== null) return;
    server = await PostgresServer.start();
    await server.sql(
      `CREATE TABLE vassals (name text PRIMARY KEY, config text, ts timestamptz, uid int, gid int);
       INSERT INTO vassals VALUES ('a.ini', E'[uwsgi]\\nmaster = true\\n', '2023-11-14 22:13:20+00', 1000, 1001)`,
    );
  });

  afterAll(async () => (whyNot === null ? server.dispose() : undefined));

  beforeEach(({ skip }) => skip(whyNot !== null, whyNot ?? ''));

  test('gives its rows, times and all', async () => {
    const { monitor } = watch(local());
    const [found] = (await monitor.scan()) ?? [];
    expect(found).toMatchObject({
      id: 'a.ini',
      config: '[uwsgi]\nmaster = true\n',
      mtimeMs: 1_700_000_000_000,
      uid: 1000,
      gid: 1001,
      refusal: null,
    });
    await server.sql("UPDATE vassals SET ts = ts + interval '1 second'");
    const [later] = (await monitor.scan()) ?? [];
    expect(later?.mtimeMs).toBe(1_700_000_001_000);
    expect(later?.mark).not.toBe(found?.mark);
  });

  test('is asked over TCP by a password, which nobody reads in the log, whatever is wrong', async () => {
    expect(await watch(asAnn('hush-hush')).names()).toEqual(['a.ini']);
    const wrong = watch(asAnn('not-hush'));
    expect([await wrong.names(), await wrong.names()]).toEqual([null, null]);
    expect(wrong.lines).toHaveLength(1);
    expect(wrong.lines[0]).toMatch(/password=\*\*\*.*password authentication failed for user "ann"/);
    expect(wrong.lines.join('\n')).not.toContain('not-hush');
  });

  test('whose query fails leaves all as it is, on the same connection; rows that are gone are gone', async () => {
    const { names, lines } = watch(local());
    expect(await names()).toEqual(['a.ini']);
    await server.sql('ALTER TABLE vassals RENAME TO others');
    expect(await names()).toBeNull();
    expect(lines.at(-1)).toMatch(/relation "vassals" does not exist; its vassals stay as they are/);
    await server.sql('ALTER TABLE others RENAME TO vassals; DELETE FROM vassals');
    expect(await names()).toEqual([]);
    await server.sql("INSERT INTO vassals VALUES ('a.ini', '[uwsgi]')");
    expect(await names()).toEqual(['a.ini']);
  });

  test('that goes down and comes back, or ends the connection, is asked anew', async () => {
    const { names, lines } = watch(local());
    expect(await names()).toEqual(['a.ini']);
    await server.end();
    expect(await names()).toBeNull();
    expect(await names()).toBeNull();
    await server.begin();
    expect(await names()).toEqual(['a.ini']);
    expect(lines.at(-1)).toMatch(/answers again$/);
    const ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reeve emperor'";
    await server.sql(ended);
    await waitFor('the next look', async () => (await names())?.[0] === 'a.ini');
  });

  test('that takes the connection and says nothing is given up in time', async () => {
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const { names, lines } = watch(`pg://host=127.0.0.1 port=${port} user=x connect_timeout=1;${QUERY}`);
    expect(await names()).toBeNull();
    expect(lines[0]).toMatch(/timeout/);
    silent.close();
  });

  test('is reached by TLS as sslmode says, with its certificate checked or not', async () => {
    await server.useTls();
    const secure = async (more: string): Promise<string | null | undefined> => {
      const query = "SELECT 'a.ini', ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
      const place = `host=127.0.0.1 port=${server.port} user=ann dbname=postgres password=hush-hush ${more}`;
      const { monitor, lines } = watch(`pg://${place};${query}`);
      const found = await monitor.scan();
      return found === null ? lines[0]?.replace(/^.*?pg_backend_pid\(\): /, '') : found[0]?.config;
    };
    const authority = `sslrootcert=${server.folder}/authority.crt`;
    expect(await secure('sslmode=disable')).toBe('false');
    expect(await secure('')).toBe('true');
    expect(await secure('sslmode=require')).toBe('true');
    expect(await secure('sslmode=verify-ca')).toMatch(/unable to|self-signed/);
    expect(await secure(`sslmode=verify-ca ${authority}`)).toBe('true');
    expect(await secure(`sslmode=verify-full ${authority}`)).toMatch(/127\.0\.0\.1/);
    expect(await secure('sslmode=verify-full sslrootcert=/no/such/file')).toMatch(/no such file/i);
  });

  test('gives a thousand vassals', async () => {
    const rows = "SELECT 'v' || i || '.ini', '[uwsgi]' || repeat(' ', 200), i FROM generate_series(1, 1000) AS i";
    expect(await watch(local(rows)).names()).toHaveLength(1000);
  });
});

describe('a RabbitMQ broker', () => {
  const whyNot = whyNoRabbitmq();
  let server: RabbitmqServer;

  beforeAll(async () => {
    if (whyNot !== null) return;
    server = await RabbitmqServer.start();
  }, 120_000);

  afterAll(async () => (whyNot === null ? server.dispose() : undefined));

  beforeEach(({ skip }) => skip(whyNot !== null, whyNot ?? ''));

  test('announces vassals, and takes them away', async () => {
    const { monitor, names, lines } = watch(`amqp://127.0.0.1:${server.port}`);
    expect(await names()).toEqual([]);
    expect(lines).toEqual([`[emperor] amqp://127.0.0.1:${server.port}: subscribed, waiting for messages`]);
    await server.publish('a.ini', '[uwsgi]\nmaster = true\n');
    await server.publish('../b.ini', '[uwsgi]\n');
    await waitFor('the vassal', async () => (await names())?.length === 1);
    expect(await monitor.scan()).toMatchObject([{ id: 'a.ini', config: '[uwsgi]\nmaster = true\n', refusal: null }]);
    await server.publish('a.ini', '');
    await waitFor('its end', async () => (await names())?.length === 0);
    expect(lines.at(-1)).toMatch(/a message for '..\/b.ini' is passed over: its name must not be a path/);
  });

  test('that dies keeps its vassals, and is subscribed to again when it is back', async () => {
    const { names, lines } = watch(`amqp://guest:guest@127.0.0.1:${server.port}`);
    await names();
    await server.publish('a.ini', '[uwsgi]\n');
    await waitFor('the vassal', async () => (await names())?.length === 1);
    await server.kill();
    await waitFor('the loss to be seen', () => lines.some((line) => line.endsWith('its vassals stay as they are')));
    expect(await names()).toEqual(['a.ini']);
    await server.begin();
    await waitFor('the broker', async () => {
      await names();
      return lines.at(-1)?.endsWith('is there again, waiting for messages');
    });
    await server.publish('b.ini', '[uwsgi]\n');
    await waitFor('the other vassal', async () => (await names())?.join() === 'a.ini,b.ini');
    expect(lines.join('\n')).not.toContain('guest:guest');
    expect(lines).toHaveLength(3);
  }, 120_000);

  test('with another password is told without it', async () => {
    const { names, lines } = watch(`amqp://guest:hush-hush@127.0.0.1:${server.port}`);
    expect(await names()).toEqual([]);
    expect(lines[0]).toMatch(/guest:\*\*\*@.*ACCESS.REFUSED/);
    expect(lines.join('\n')).not.toContain('hush-hush');
  });
});
