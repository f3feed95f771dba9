/**
 * PHP's workers, php-cgi processes, live and die as those of other languages do: load, kills, harakiri, reloads, a broken
 * new version, recycling; one gateway and several.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findOnPath } from './master/interpreter.ts';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';
import { startTraffic } from './testing/traffic.ts';

const INDEX = `<?php
switch ($_GET['do'] ?? '') {
  case 'spin': for (;;); 
  case 'no-answer': http_response_code(100); break;
  case 'throw': throw new DomainException('asked for');
  case 'stream': for (;;) { echo str_repeat('x', 8192); flush(); usleep(10000); }
}
echo 'one ', getmypid();
`;
const INI = 'php-docroot = {FOLDER}\nphp-index = index.php\nmaster = true\ndisable-logging = true\n';

const engines: EngineProcess[] = [];
const hasPhp = findOnPath(['php-cgi'], process.env) !== null;

async function start(lines: string, listener?: string): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `${INI}${lines}`,
    files: { 'index.php': INDEX },
    ...(listener === undefined ? {} : { listener }),
  });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

const pids = async (engine: EngineProcess): Promise<number[]> =>
  (await engine.stats()).workers.map((worker) => worker.pid);

describe('workers of PHP', () => {
  if (!hasPhp) {
    it('are tried', ({ skip }) => skip('php-cgi is not installed'));
    return;
  }
  it.each([
    ['one gateway', 'http-socket = 127.0.0.1:{HTTP}'],
    ['three gateways', 'http = 127.0.0.1:{HTTP}\nhttp-processes = 3\nhttp-keepalive = 60'],
  ])('survive reloads, a broken version and a killed worker under load, with %s', async (_, listener) => {
    const engine = await start('processes = 2\n', listener);
    expect(engine.log).toMatch(/app 0 \(mountpoint=''\) ready in \d+ seconds on interpreter PHP \d+\.\d+\.\d+\S* pid:/);
    const before = await pids(engine);
    const traffic = startTraffic(engine, { kept: 3, fresh: 1 });
    await waitFor('some answers', () => traffic.answers.length > 50);

    engine.writeIni(INI.replace('{FOLDER}', '{FOLDER}/nowhere'));
    engine.signal('SIGHUP');
    await engine.seen("nowhere, which 'php-docroot' names, can not be read (ENOENT)");
    await engine.seen('reload failed');
    expect(await pids(engine)).toEqual(before);

    mkdirSync(engine.path('second'));
    engine.write('second/index.php', INDEX.replace("'one ", "'two "));
    engine.writeIni(`${INI.replace('{FOLDER}', '{FOLDER}/second')}processes = 2\n`);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    const answered = traffic.answers.length;
    await waitFor('answers of the new code', () => traffic.answers.length > answered + 50);
    expect(traffic.errors).toEqual([]);
    expect(new Set(traffic.answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await engine.get('/')).body).toMatch(/^two /);
    await waitFor('the end of the old workers', () => before.every((pid) => !isRunning(pid)));
    for (const pid of before) await engine.seen(`(pid: ${pid}) ended`);

    const [victim = 0] = await pids(engine);
    process.kill(victim, 'SIGKILL');
    await engine.seen(`(pid: ${victim}) was killed by signal 9`);
    await waitFor('its successor', async () => (await pids(engine)).every((pid) => pid > 0 && pid !== victim));
    const after = traffic.answers.length;
    await waitFor('answers beside it', () => traffic.answers.length > after + 50);
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    // What ran on it, at most.
    expect(traffic.answers.filter(({ status }) => status !== 200).length).toBeLessThanOrEqual(1);
  });

  it('that are stuck are ended by harakiri, and their client hears 504', async () => {
    const engine = await start('processes = 1\nharakiri = 1\nphp-set = max_execution_time=0\n');
    const [before] = await pids(engine);
    const stuck = engine.get('/?do=spin');
    expect((await stuck).status).toBe(504);
    await engine.seen('HARAKIRI ON WORKER 1');
    expect((await engine.get('/')).status).toBe(200);
    expect(await pids(engine)).not.toContain(before);
  });

  it('are replaced by max-requests without a failed request, and by exceptions', async () => {
    const engine = await start(
      'processes = 1\nmax-requests = 20\nmin-worker-lifetime = 0\nreload-on-exception-type = DomainException\n',
    );
    const [before = 0] = await pids(engine);
    for (let i = 0; i < 20; i += 1) expect((await engine.get('/')).body).toBe(`one ${before}`);
    await engine.seen(`...The work of process ${before} is done (max requests reached (20 >= 20)). Seeya!`);
    for (let i = 0; i < 5; i += 1) expect((await engine.get('/')).status).toBe(200);
    await waitFor('the end of the old worker', () => !isRunning(before));
    expect((await engine.get('/?do=throw')).status).toBe(500);
    await engine.seen('PHP Fatal error:  Uncaught DomainException: asked for');
    await engine.seen('(exception DomainException). Seeya!');
    expect((await engine.get('/')).status).toBe(200);
  });

  it('stop a script when its client has gone, and are counted in the statistics', async () => {
    const engine = await start('processes = 1\n');
    const gone = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${engine.port}/?do=stream`, { signal: gone.signal });
    expect(answer.status).toBe(200);
    expect((await engine.worker(1)).status).toBe('busy');
    gone.abort();
    await waitFor('the end of the script', async () => (await engine.worker(1)).status === 'idle');
    const { body } = await engine.get('/');
    expect(body).toMatch(/^one \d+$/);
    const worker = await engine.worker(1);
    expect(body).toBe(`one ${worker.pid}`);
    expect(worker.requests).toBe(2);
  });

  it('have the settings, scripts and code that the configuration names', async () => {
    const engine = await EngineProcess.start({
      ini: [
        'php-app = {FOLDER}/app.php',
        'php-app-qs = page=',
        'php-app-bypass = ^/own',
        'php-fallback = {FOLDER}/app.php',
        'php-fallback-qs = lost',
        'php-docroot = {FOLDER}',
        'php-ini = {FOLDER}/own.ini',
        'php-ini-append = {FOLDER}/more.ini',
        'php-set = precision=7',
        'php-exec-before = $GLOBALS["order"] = "before";',
        'php-exec-after = echo " after ", $order;',
        'php-server-software = Shop/1',
        'php-allowed-script = {FOLDER}/own.php',
        'master = true',
      ].join('\n'),
      files: {
        'app.php': `<?php echo json_encode([$_GET, ini_get('user_agent'), ini_get('from'), ini_get('precision'), $_SERVER['SERVER_SOFTWARE']]); $order = 'script'; exit;`,
        'own.php': '<?php echo "own";',
        'other.php': '<?php echo "other";',
        'own.ini': 'user_agent = first\nfrom = first\nprecision = 5\n',
        'more.ini': 'from = second\nprecision = 6\n',
      },
    });
    engines.push(engine);
    const shown = '"first","second","7","Shop\\/1"] after script';
    expect((await engine.get('/a&b?z=1')).body).toBe(`[{"page":"\\/a&b","z":"1"},${shown}`);
    expect((await engine.get('/own.php')).body).toBe('own after before');
    expect((await engine.get('/own/none')).body).toBe(`[{"lost":"\\/own\\/none"},${shown}`);
    expect((await engine.get('/owned')).status).toBe(200);
  });

  it('serve on when a script sends what is no answer', async () => {
    const engine = await start('processes = 1\n');
    const [pid] = await pids(engine);
    for (let count = 0; count < 3; count += 1) {
      expect((await engine.get('/?do=no-answer')).status).toBe(500);
      expect((await engine.get('/')).body).toBe(`one ${pid}`);
    }
    await engine.seen('PHP has sent a head that is malformed; the request is given up', 3);
  });

  it('are not started with threads, with hooks of workers, or without a file that is named', async () => {
    for (const [line, message] of [
      ['threads = 2', "'threads' does not go with PHP"],
      ['hook-post-fork = print:x', "A hook of workers ('print:x') does not go with PHP"],
      ['php-ini = /nowhere.ini', "/nowhere.ini, which 'php-ini' names, can not be read (ENOENT)"],
      ['php-app = {FOLDER}', "which 'php-app' names, is no file"],
      ['mule = true', 'the application is one in PHP'],
    ] as const) {
      const engine = await EngineProcess.launch({ ini: `${INI}${line}\n` });
      engines.push(engine);
      expect(await engine.exited).not.toBe(0);
      expect(engine.log).toContain(message);
    }
  });

  it('end with their master, whatever they do', async (context) => {
    context.skip(findOnPath(['setpriv'], process.env) === null, 'setpriv (util-linux) is not installed');
    const engine = await start('processes = 1\nphp-set = max_execution_time=0\n');
    const family = descendants(engine.pid);
    const lost = engine.get('/?do=spin').catch(() => null);
    await waitFor('it to be busy', async () => (await engine.worker(1)).status === 'busy');
    engine.signal('SIGKILL');
    await lost;
    await engine.exited;
    await waitFor('the end of the workers', () => family.every((pid) => !isRunning(pid)));
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(`reeve-engine-${engine.pid}-`)) rmSync(join(tmpdir(), name), { recursive: true });
    }
  });
});
