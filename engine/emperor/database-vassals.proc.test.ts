/** Vassals out of databases and brokers: real ones of the engine, and what each emperor tells them beside uWSGI's own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it, type TestContext } from 'vitest';
import { waitFor } from '../testing/engine-process.ts';
import { PostgresServer, whyNoPostgres } from '../testing/postgres-server.ts';
import { RabbitmqServer, whyNoRabbitmq } from '../testing/rabbitmq-server.ts';
import { EmperorRig, type RigOptions } from './testing/emperor-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-database-vassals-'));
const PLUGINS = '/usr/lib/uwsgi/plugins';

/** A vassal that writes down its arguments, the packet with its configuration, and each byte that it is told. */
const SCRIBE = `#!/usr/bin/env python3
import os, sys
def note(text):
    with open(os.environ["SCRIBE_LOG"], "a") as log:
        log.write(text + "\\n")
def take(fd, size):
    data = b""
    while len(data) < size:
        data += os.read(fd, size - len(data)) or sys.exit(0)
    return data
note("args " + " ".join(sys.argv[1:]))
pipe, config = (int(os.environ[name]) for name in ("UWSGI_EMPEROR_FD", "UWSGI_EMPEROR_FD_CONFIG"))
head = take(config, 4)
note("packet %d %d %r" % (head[0], head[3], take(config, head[1] | head[2] << 8)))
os.write(pipe, b"\\x01\\x05\\x11")
while True:
    word = take(pipe, 1)[0]
    note("told %d" % word)
    if word in (0, 2):
        sys.exit(0)
`;
writeFileSync(join(folder, 'scribe'), SCRIBE, { mode: 0o755 });

let rigs: EmperorRig[] = [];

async function start(options: RigOptions): Promise<EmperorRig> {
  const rig = await EmperorRig.start(options);
  rigs.push(rig);
  return rig;
}

/** The lines of the scribes of an emperor with this monitor; `isUwsgi`: the real one, with its plugin. */
async function scribes(name: string, monitor: string, isUwsgi: boolean, plugin = ''): Promise<() => string[]> {
  const log = join(folder, name);
  const ini = `${isUwsgi ? `plugins = ${plugin}\n` : ''}emperor = ${monitor}\nemperor-wrapper = ${folder}/scribe`;
  await start({ isUwsgi, ini, env: { SCRIBE_LOG: log } });
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
}

async function linesOf(all: readonly (() => string[])[], count: number): Promise<void> {
  await waitFor(`${count} lines each`, () => all.every((read) => read().length >= count)).catch((error: unknown) => {
    const seen = all.map((read) => read().join('\n'));
    throw new Error([String(error), ...seen, ...rigs.map(({ log }) => log)].join('\n--\n'), { cause: error });
  });
}

function need({ skip }: TestContext, ...reasons: (string | null)[]): void {
  for (const reason of reasons) skip(reason !== null, reason ?? '');
}

function whyNoPlugin(name: string): string | null {
  return existsSync(`${PLUGINS}/${name}_plugin.so`) ? null : `uWSGI's plugin ${name} is not installed`;
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.dispose();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('vassals of the engine', () => {
  it('run what a row says, reload with it, outlive a broken query, and end with the row', async () => {
    const database = new DatabaseSync(join(folder, 'vassals.db'));
    database.exec('CREATE TABLE vassals (name TEXT, config TEXT, ts INTEGER)');
    const rig = await start({ ini: `emperor = sqlite://${folder}/vassals.db;SELECT name, config, ts FROM vassals` });
    const config = (word: string): string => rig.vassal(`env = WORD=${word}`).replaceAll('%n', 'shop');
    database.prepare('INSERT INTO vassals VALUES (?, ?, 1)').run('shop.ini', config('one'));
    database.prepare('INSERT INTO vassals VALUES (?, ?, 1)').run('../evil.ini', config('evil'));
    const { pid, monitor } = await rig.accepting('shop.ini');
    expect(monitor).toBe(`sqlite://${folder}/vassals.db;SELECT name, config, ts FROM vassals`);
    expect(await rig.ask('shop.sock', '/WORD')).toBe('one');
    expect(await rig.state('../evil.ini', 'refused')).toMatchObject({
      cause: expect.stringContaining('must not be a path'),
    });

    database.prepare("UPDATE vassals SET config = ?, ts = 2 WHERE name = 'shop.ini'").run(config('two'));
    await waitFor('the reload', async () => (await rig.ask('shop.sock', '/WORD').catch(() => '')) === 'two');
    database.exec('ALTER TABLE vassals RENAME TO others');
    await rig.seen('no such table: vassals; its vassals stay as they are');
    expect(await rig.ask('shop.sock', '/WORD')).toBe('two');
    database.exec("ALTER TABLE others RENAME TO vassals; DELETE FROM vassals WHERE name = 'shop.ini'");
    await rig.gone('shop.ini');
    expect(pid).toBeGreaterThan(0);
    database.close();
  });
});

describe('beside the real uWSGI', () => {
  const CONFIG = '[uwsgi]\nmaster = true\n';

  it('the same rows of PostgreSQL make the same vassals, told the same', async (context) => {
    need(context, whyNoPostgres(), whyNoPlugin('emperor_pg'));
    const server = await PostgresServer.start();
    try {
      await server.sql(
        `CREATE TABLE vassals (name text, config text, ts int, uid int DEFAULT 0, gid int DEFAULT 0);
         INSERT INTO vassals VALUES ('shop.ini', E'[uwsgi]\\nmaster = true\\n', 1700000000)`,
      );
      const query = 'SELECT name, config, ts, uid, gid FROM vassals';
      const monitor = `pg://host=${server.folder} port=${server.port} user=postgres;${query}`;
      const both = [
        await scribes('pg-reeve', monitor, false),
        await scribes('pg-uwsgi', monitor, true, 'emperor_pg'),
      ] as const;
      await linesOf(both, 2);
      await server.sql('UPDATE vassals SET ts = ts + 10');
      await linesOf(both, 3);
      await server.sql('DELETE FROM vassals');
      await linesOf(both, 4);
      const expected = ['args --ini emperor://shop.ini', `packet 115 0 ${pythonBytes(CONFIG)}`, 'told 1', 'told 0'];
      expect(both.map((read) => read())).toEqual([expected, expected]);
    } finally {
      for (const rig of rigs.splice(0)) await rig.dispose();
      await server.dispose();
    }
  });

  it('the same messages of RabbitMQ make the same vassals, and ours outlives those that change them', async (context) => {
    need(context, whyNoRabbitmq(), whyNoPlugin('emperor_amqp'));
    const server = await RabbitmqServer.start();
    try {
      const monitor = `amqp://127.0.0.1:${server.port}`;
      const both = [
        await scribes('amqp-reeve', monitor, false),
        await scribes('amqp-uwsgi', monitor, true, 'emperor_amqp'),
      ] as const;
      const [ours, theirs] = rigs;
      await Promise.all([ours?.seen('subscribed, waiting'), theirs?.seen('waiting for events')]);
      await server.publish('shop.ini', CONFIG);
      await linesOf(both, 2);
      const expected = ['args --ini emperor://shop.ini', `packet 115 0 ${pythonBytes(CONFIG)}`];
      expect(both.map((read) => read())).toEqual([expected, expected]);
      // uWSGI's emperor crashes of further messages for a vassal: another configuration at once, its end often.
      await rigs.pop()?.dispose();
      await server.publish('shop.ini', `${CONFIG}# again\n`);
      await linesOf([both[0]], 3);
      await server.publish('shop.ini', '');
      await linesOf([both[0]], 4);
      expect(both[0]()).toEqual([...expected, 'told 1', 'told 0']);
    } finally {
      for (const rig of rigs.splice(0)) await rig.dispose();
      await server.dispose();
    }
  }, 120_000);
});

/** As Python writes it down. */
function pythonBytes(text: string): string {
  return `b'${text.replaceAll('\n', String.raw`\n`)}'`;
}
