import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../testing/engine-process.ts';
import { whyNoOtherUser } from '../testing/other-user.ts';
import { EmperorRig, type RigOptions } from './testing/emperor-rig.ts';

/** Most of the time of these tests is waited: those of one group run side by side. */
async function start(
  onTestFinished: (end: () => Promise<void>) => void,
  options: RigOptions = {},
): Promise<EmperorRig> {
  const rig = await EmperorRig.start(options);
  onTestFinished(async () => rig.dispose());
  return rig;
}

describe('an emperor of the engine', () => {
  let rig: EmperorRig;

  beforeAll(async () => {
    rig = await EmperorRig.start({
      ini: `master-fifo = {FOLDER}/fifo
stats = {FOLDER}/stats.sock
vassals-set = greeting=hello
vassals-include = {FOLDER}/common.ini
vassals-include-before = {FOLDER}/first.ini
vassals-inherit = {FOLDER}/template.ini
vassals-inherit-before = {FOLDER}/early.ini
vassals-start-hook = echo >> {FOLDER}/hooks start
vassals-stop-hook = echo >> {FOLDER}/hooks stop
emperor-extra-extension = .vassal
emperor-magic-exec = true
emperor-procname = emp
emperor-throttle = 300
emperor-pidfile = {FOLDER}/pid`,
      env: { UWSGI_VASSAL_IGNORED: '1', VISIBLE: 'yes' },
    });
    writeFileSync(rig.path('common.ini'), '[uwsgi]\nenv = GREETING=%(greeting)\n');
    for (const name of ['first', 'template', 'early']) {
      writeFileSync(rig.path(`${name}.ini`), `[uwsgi]\nenv = FROM_${name.toUpperCase()}=%n\nenv = LATEST=${name}\n`);
    }
  });

  afterAll(async () => rig.dispose());

  it('runs neither workers nor gateways of its own', async () => {
    const stats = await rig.stats();
    expect(stats).toMatchObject({ pid: rig.pid, emperor: [rig.path('vassals')], vassals: [], blacklist: [] });
    expect(rig.log).toContain('*** Reeve is ready: 0 workers ***');
    expect(rig.read('pid').trim()).toBe(String(rig.pid));
    expect(rig.read(`../../proc/${rig.pid}/comm`).trim()).toBe('emp');
  });

  it('starts a vassal for each file, with what all have in common, and knows when it is loyal', async () => {
    // Found by emperor-freq alone.
    writeFileSync(rig.path('vassals/shop.ini'), rig.vassal());
    const vassal = await rig.accepting('shop.ini');
    expect(vassal).toMatchObject({ ready: 1, loyal: 0, respawns: 0, monitor: rig.path('vassals') });
    expect(await rig.ask('shop.sock', '/GREETING')).toBe('hello');
    expect(await rig.ask('shop.sock', '/FROM_FIRST')).toBe('first');
    expect(await rig.ask('shop.sock', '/FROM_TEMPLATE')).toBe('template');
    expect(await rig.ask('shop.sock', '/FROM_EARLY')).toBe('early');
    // What stands behind the vassal's own file comes last.
    expect(await rig.ask('shop.sock', '/LATEST')).toBe('template');
    expect(await rig.ask('shop.sock', '/UWSGI_VASSALS_DIR')).toBe(rig.path('vassals'));
    expect(await rig.ask('shop.sock', '/UWSGI_EMPEROR_FD')).toBe('none');
    await rig.vassalThat('shop.ini', 'loyal', ({ loyal }) => loyal === 1);
    expect(await rig.state('shop.ini', 'loyal')).toMatchObject({ config: rig.path('vassals/shop.ini'), cause: '' });
    expect(rig.read('hooks')).toBe('start shop.ini\n');
  });

  it('reloads a vassal whose file is touched or replaced, without another process', async () => {
    const before = await rig.accepting('shop.ini');
    const worker = await rig.ask('shop.sock');
    rig.touch('shop.ini');
    await rig.vassalThat('shop.ini', 'reloaded', ({ respawns, ready }) => respawns === 1 && ready === 1);
    expect(await rig.ask('shop.sock')).not.toBe(worker);
    writeFileSync(rig.path('new'), rig.vassal('env = EXTRA=more'));
    renameSync(rig.path('new'), rig.path('vassals/shop.ini'));
    const after = await rig.vassalThat('shop.ini', 'reloaded', ({ respawns, ready }) => respawns === 2 && ready === 1);
    expect(after.pid).toBe(before.pid);
    expect(await rig.ask('shop.sock', '/EXTRA')).toBe('more');
  });

  it('lets one that is broken wait, says why, and forgets that when it is loyal', async () => {
    rig.write('blog.ini', '[uwsgi]\nstrict = true\nno-such-option = 1\n');
    expect(await rig.state('blog.ini', 'throttled')).toMatchObject({ cause: 'exited with code 78' });
    await waitFor('the third try', async () => (await rig.stats()).blacklist.some(({ attempt }) => attempt >= 3));
    rig.write('blog.ini', rig.vassal());
    await rig.accepting('blog.ini');
    await rig.ask('blog.sock');
    await waitFor('the end of the blacklist', async () => (await rig.stats()).blacklist.length === 0);
  });

  it('hears that a vassal is loyal, however soon after its first request that reloads', async () => {
    rig.write('quick.ini', rig.vassal());
    await rig.accepting('quick.ini');
    await rig.ask('quick.sock');
    rig.touch('quick.ini');
    rig.signal('SIGWINCH');
    await rig.vassalThat('quick.ini', 'reloaded and loyal', (vassal) => vassal.respawns === 1 && vassal.loyal === 1);
    rig.remove('quick.ini');
    await rig.gone('quick.ini');
  });

  it('ends a vassal whose file is removed', async () => {
    rig.remove('blog.ini');
    await rig.gone('blog.ini');
    await waitFor('its hook', () => rig.read('hooks').endsWith('stop blog.ini\n'));
    expect(existsSync(rig.path('blog.sock'))).toBe(false);
  });

  it('runs files with an extension of its own, with blanks in their names, and those that print a configuration', async () => {
    rig.write('with blank.vassal', rig.vassal());
    rig.write(
      'printed.ini',
      `#!/bin/sh\ncat <<'END'\n${rig.vassal()}http-socket = ${rig.path('printed.sock')}\nEND\n`.replace(
        /http-socket = .*%n.*\n/,
        '',
      ),
    );
    chmodSync(rig.path('vassals/printed.ini'), 0o755);
    await rig.accepting('with blank.vassal');
    await rig.accepting('printed.ini');
    await rig.ask('with blank.sock');
    const worker = await rig.ask('printed.sock');
    rig.touch('printed.ini');
    await rig.vassalThat('printed.ini', 'reloaded', ({ respawns, ready }) => respawns === 1 && ready === 1);
    expect(await rig.ask('printed.sock')).not.toBe(worker);
    rig.remove('printed.ini');
    rig.remove('with blank.vassal');
    await rig.gone('printed.ini');
  });

  it('reloads all at SIGHUP and starts those that die anew', async () => {
    const { pid, respawns } = await rig.accepting('shop.ini');
    rig.signal('SIGHUP');
    await rig.vassalThat('shop.ini', 'reloaded', (vassal) => vassal.respawns === respawns + 1 && vassal.ready === 1);
    await rig.ask('shop.sock');
    await rig.vassalThat('shop.ini', 'loyal', ({ loyal }) => loyal === 1);
    process.kill(pid, 'SIGKILL');
    const after = await rig.vassalThat(
      'shop.ini',
      'started anew',
      (vassal) => vassal.pid !== pid && vassal.accepting === 1,
    );
    expect(after.respawns).toBe(respawns + 2);
    await rig.ask('shop.sock');
  });

  it('keeps its vassals while their folder can not be read', async () => {
    const { pid } = await rig.accepting('shop.ini');
    renameSync(rig.path('vassals'), rig.path('away'));
    await rig.seen('can not be read (ENOENT); its vassals stay as they are');
    expect(await rig.ask('shop.sock')).toBeTruthy();
    renameSync(rig.path('away'), rig.path('vassals'));
    expect((await rig.accepting('shop.ini')).pid).toBe(pid);
  });
});

describe('an emperor that is asked', () => {
  it.concurrent('looks at once at SIGWINCH and at the letter E, forgets waits at SIGURG, and starts at once what was repaired', async ({
    onTestFinished,
  }) => {
    const rig = await start(onTestFinished, {
      freqSeconds: 3600,
      ini: 'emperor-throttle = 600000\nmaster-fifo = {FOLDER}/fifo',
    });
    rig.write('a.ini', rig.vassal());
    rig.signal('SIGWINCH');
    await rig.accepting('a.ini');
    rig.write('b.ini', '[uwsgi]\nstrict = true\nno-such = 1\n');
    writeFileSync(rig.path('fifo'), 'E');
    await rig.state('b.ini', 'throttled');
    const [entry] = (await rig.stats()).blacklist;
    rig.signal('SIGURG');
    await waitFor('another try', async () => {
      const [now] = (await rig.stats()).blacklist;
      return (
        now !== undefined &&
        now.first_attempt >= (entry?.last_attempt ?? 0) &&
        rig.log.split('exited with code 78').length > 2
      );
    });
    expect((await rig.stats()).blacklist[0]).toMatchObject({ attempt: 1, throttle_level: 180_000 });
    rig.write('b.ini', rig.vassal());
    rig.signal('SIGWINCH');
    await rig.accepting('b.ini');
  });

  it.concurrent('takes its vassals along when it is killed, and the sockets it held', async ({ onTestFinished }) => {
    const rig = await start(onTestFinished, { ini: 'emperor-on-demand-extension = .socket' });
    rig.write('lazy.ini.socket', rig.path('lazy.sock'));
    rig.write('lazy.ini', '[uwsgi]\n');
    rig.write('a.ini', rig.vassal());
    await rig.accepting('a.ini');
    await rig.state('lazy.ini', 'on demand');
    rig.kill();
    await rig.buried();
  });
});

describe('an emperor of emperors', () => {
  it.concurrent('runs an emperor as a vassal, who is loyal at once, and takes all along when it is killed', async ({
    onTestFinished,
  }) => {
    const rig = await start(onTestFinished);
    mkdirSync(rig.path('below'));
    writeFileSync(rig.path('below/shop.ini'), rig.vassal());
    rig.write('king.ini', `[uwsgi]\nemperor = ${rig.path('below')}\n`);
    await rig.vassalThat('king.ini', 'loyal', ({ loyal }) => loyal === 1);
    await waitFor('the vassal of the vassal', async () => rig.ask('shop.sock').catch(() => null));
    await rig.stats();
    rig.kill();
    await rig.buried();
  });
});

describe('the program of the vassals', () => {
  it.concurrent.for(['override', 'fallback'])(
    'is the first one of emperor-wrapper-%s that is there',
    async (kind, { onTestFinished }) => {
      const programs = ['no-such-program', './wrapped'].map((name) => `emperor-wrapper-${kind} = ${name}\n`).join('');
      const ini = `imperial-monitor-list = true\nearly-emperor = true\nemperor-wrapper = no-such-program\n${programs}`;
      const rig = await start(onTestFinished, { ini });
      const script = `#!/bin/sh\necho "$2" >> '${rig.path('started')}'\nexec '${rig.path('engine')}' "$@"\n`;
      writeFileSync(rig.path('wrapped'), script, { mode: 0o755 });
      rig.write('shop.ini', rig.vassal());
      await rig.accepting('shop.ini');
      expect(rig.read('started')).toBe('shop.ini\n');
      expect(rig.log).toContain('*** imperial monitors list ***');
    },
  );
});

describe('a vassal on demand', () => {
  it.concurrent('starts at its first connection without losing it, goes away when it is idle, and comes back', async ({
    onTestFinished,
  }) => {
    const rig = await start(onTestFinished, { ini: 'emperor-on-demand-extension = .socket' });
    rig.write('lazy.ini.socket', `${rig.path('lazy.sock')}\n`);
    rig.write(
      'lazy.ini',
      `[uwsgi]\nprotocol = http\nwsgi-file = ${rig.path('app.py')}\nidle = 1\ndie-on-idle = true\nmaster = true\n`,
    );
    await rig.vassalThat('lazy.ini', 'on demand', ({ pid }) => pid === -1);
    const answers = await Promise.all([1, 2, 3].map(async () => rig.ask('lazy.sock')));
    expect(new Set(answers).size).toBe(1);
    await rig.vassalThat('lazy.ini', 'on demand again', ({ pid, loyal }) => pid === -1 && loyal === 1);
    expect(await rig.ask('lazy.sock')).not.toBe(answers[0]);
    rig.remove('lazy.ini');
    await rig.gone('lazy.ini');
    await waitFor('the end of its socket', () => !existsSync(rig.path('lazy.sock')));
  });

  it.concurrent('that is broken is throttled while its client waits, and serves it when it is repaired', async ({
    onTestFinished,
  }) => {
    const rig = await start(onTestFinished, { ini: 'emperor-on-demand-directory = {FOLDER}' });
    rig.write('lazy.ini', '[uwsgi]\nstrict = true\nno-such = 1\n');
    await rig.state('lazy.ini', 'on demand');
    const answer = rig.ask('lazy.ini.socket');
    await rig.state('lazy.ini', 'throttled');
    rig.write('lazy.ini', `[uwsgi]\nprotocol = http\nwsgi-file = ${rig.path('app.py')}\n`);
    expect(Number(await answer)).toBeGreaterThan(0);
  });
});

describe('an emperor of real uWSGIs (emperor-wrapper)', () => {
  it.concurrent('starts, hears, reloads and ends them', async ({ onTestFinished }) => {
    const rig = await start(onTestFinished, {
      ini: 'emperor-wrapper = uwsgi\nemperor-graceful-shutdown = true\nemperor-magic-exec = true',
    });
    rig.write('shop.ini', rig.vassal('heartbeat = 1'));
    rig.write('printed.ini', `#!/bin/sh\ncat <<'END'\n${rig.vassal().replace('%n', 'printed')}END\n`);
    chmodSync(rig.path('vassals/printed.ini'), 0o755);
    await rig.accepting('printed.ini');
    await rig.ask('printed.sock');
    await rig.accepting('shop.ini');
    const worker = await rig.ask('shop.sock');
    await rig.vassalThat('shop.ini', 'loyal', ({ loyal, last_heartbeat: beat }) => loyal === 1 && beat > 0);
    rig.touch('shop.ini');
    await rig.vassalThat(
      'shop.ini',
      'reloaded',
      ({ respawns, last_accepting: at, last_run: run }) => respawns === 1 && at >= run,
    );
    await waitFor('the new worker', async () => (await rig.ask('shop.sock').catch(() => worker)) !== worker);
    rig.remove('shop.ini');
    await rig.gone('shop.ini');
    rig.kill();
    await rig.buried();
  });

  it.concurrent('starts them on demand', async ({ onTestFinished }) => {
    const rig = await start(onTestFinished, { ini: 'emperor-wrapper = uwsgi\nemperor-on-demand-extension = .socket' });
    rig.write('lazy.ini.socket', rig.path('lazy.sock'));
    rig.write(
      'lazy.ini',
      `[uwsgi]\nplugins = python3\nmaster = true\nprotocol = http\nwsgi-file = ${rig.path('app.py')}\nidle = 1\ndie-on-idle = true\n`,
    );
    await rig.vassalThat('lazy.ini', 'on demand', ({ pid }) => pid === -1);
    const first = await rig.ask('lazy.sock');
    await rig.vassalThat('lazy.ini', 'on demand again', ({ pid }) => pid === -1);
    expect(await rig.ask('lazy.sock')).not.toBe(first);
  });
});

describe('the engine as the vassal of a real uWSGI', () => {
  it.concurrent('says how it stands, reloads and ends as it is told', async ({ onTestFinished }) => {
    const rig = await start(onTestFinished, { isUwsgi: true });
    rig.write('shop.ini', rig.vassal('heartbeat = 1'));
    const before = await rig.accepting('shop.ini');
    const worker = await rig.ask('shop.sock');
    await rig.vassalThat(
      'shop.ini',
      'loyal',
      ({ loyal, ready, last_heartbeat: beat }) => loyal === 1 && ready === 1 && beat > 0,
    );
    rig.touch('shop.ini');
    await rig.vassalThat('shop.ini', 'reloaded', ({ respawns, ready }) => respawns === 1 && ready === 1);
    expect(await rig.ask('shop.sock')).not.toBe(worker);
    expect((await rig.accepting('shop.ini')).pid).toBe(before.pid);
    rig.remove('shop.ini');
    await rig.gone('shop.ini');
    await rig.seen('received message 0 from emperor');
  });

  it.concurrent('is started on demand and goes back when it is idle', async ({ onTestFinished }) => {
    const rig = await start(onTestFinished, { isUwsgi: true, ini: 'emperor-on-demand-extension = .socket' });
    rig.write('lazy.ini.socket', rig.path('lazy.sock'));
    rig.write(
      'lazy.ini',
      `[uwsgi]\nprotocol = http\nwsgi-file = ${rig.path('app.py')}\nidle = 1\ndie-on-idle = true\n`,
    );
    await rig.vassalThat('lazy.ini', 'on demand', ({ pid }) => pid === -1);
    const first = await rig.ask('lazy.sock');
    await rig.seen('bringing back instance lazy.ini to on-demand mode');
    await rig.vassalThat('lazy.ini', 'on demand again', ({ pid }) => pid === -1);
    expect(await rig.ask('lazy.sock')).not.toBe(first);
  });

  it.concurrent('ends with its emperor, also when that is killed', async ({ onTestFinished }) => {
    const rig = await start(onTestFinished, { isUwsgi: true });
    rig.write('shop.ini', rig.vassal());
    await rig.accepting('shop.ini');
    rig.kill();
    await rig.buried();
  });
});

describe('a tyrant', () => {
  it('runs vassals as the owners of their files, never as root, and follows a change of the owner', async ({
    onTestFinished,
    skip,
  }) => {
    const reason = whyNoOtherUser();
    skip(reason !== null, reason ?? '');
    const rig = await start(onTestFinished, { ini: 'emperor-tyrant = true' });
    chmodSync(rig.folder, 0o777);
    rig.write('root.ini', rig.vassal());
    expect(await rig.state('root.ini', 'refused')).toMatchObject({
      cause: 'invalid permissions: its file belongs to root',
    });
    writeFileSync(rig.path('nobody.ini'), rig.vassal());
    chownSync(rig.path('nobody.ini'), 65_534, 65_534);
    renameSync(rig.path('nobody.ini'), rig.path('vassals/nobody.ini'));
    const first = await rig.accepting('nobody.ini');
    expect(first).toMatchObject({ uid: 65_534, gid: 65_534 });
    expect(await rig.ask('nobody.sock', '/user')).toBe('65534');
    chownSync(rig.path('vassals/nobody.ini'), 1, 1);
    await rig.vassalThat('nobody.ini', 'anew', ({ pid, accepting }) => pid !== first.pid && accepting === 1);
    expect(await rig.ask('nobody.sock', '/user')).toBe('1');
  });
});
