/**
 * Ruby workers live and die as Python's do: load, kills, harakiri, reloads, broken versions, recycling, threads; with a
 * bare Rack application and with Sinatra.
 */
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { startTraffic } from './testing/traffic.ts';
import { ask, block, packet } from './testing/uwsgi-packets.ts';

const APP = `
VERSION = 'one'
$stderr.puts "loaded by #{Process.pid}"
waiting = Queue.new
run(lambda do |env|
  case env['PATH_INFO']
  when '/spin' then loop { Math.sqrt(2) }
  when '/sleep' then sleep(env['QUERY_STRING'].to_f)
  when '/meet'
    waiting << 1
    sleep(0.005) until waiting.length >= 3
  when '/quit' then Thread.current.kill
  when '/raise' then raise ArgumentError, 'asked for'
  end
  [200, { 'Content-Type' => 'text/plain' }, ["#{VERSION} #{UWSGI.worker_id} #{Process.pid} #{Thread.current.name}"]]
end)
at_exit { $stderr.puts "at_exit of worker #{UWSGI.worker_id}" if UWSGI.worker_id.positive? }
`;
const SECOND = APP.replace("'one'", "'two'");
const INI = 'rack = config.ru\nmaster = true\nneed-app = true\ndisable-logging = true\n';

const engines: EngineProcess[] = [];

async function start(lines: string, app = APP): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini: `${INI}${lines}`, files: { 'config.ru': app } });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

const pids = async (engine: EngineProcess): Promise<number[]> =>
  (await engine.stats()).workers.map((worker) => worker.pid);

describe('a Rack application', () => {
  it('is loaded once, survives reloads, a broken version and a killed worker, and loses no request to a reload', async () => {
    const engine = await start('processes = 2\n');
    expect(engine.log).toMatch(/app 0 \(mountpoint=''\) ready in \d+ seconds on interpreter Ruby \d+\.\d+\.\d+ pid:/);
    expect(engine.count('loaded by')).toBe(1);
    const before = await pids(engine);
    const traffic = startTraffic(engine, { kept: 2, fresh: 1 });
    await waitFor('some answers', () => traffic.answers.length > 50);

    engine.write('config.ru', 'raise "not today"\n');
    engine.signal('SIGHUP');
    await engine.seen('not today (RuntimeError)');
    await engine.seen('reload failed');
    expect(await pids(engine)).toEqual(before);

    engine.write('config.ru', SECOND);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    const answered = traffic.answers.length;
    await waitFor('answers of the new code', () => traffic.answers.length > answered + 50);
    expect(traffic.errors).toEqual([]);
    expect(new Set(traffic.answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await engine.get('/')).body).toMatch(/^two /);
    await engine.seen('at_exit of worker', 2);

    const [victim = 0] = await pids(engine);
    process.kill(victim, 'SIGKILL');
    await engine.seen(`(pid: ${victim}) was killed by signal 9`);
    await waitFor('its successor', async () => {
      const now = await pids(engine);
      return now.every((pid) => pid > 0 && pid !== victim);
    });
    const after = traffic.answers.length;
    await waitFor('answers beside it', () => traffic.answers.length > after + 50);
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    // What ran on it, at most.
    expect(traffic.answers.filter(({ status }) => status !== 200).length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a loop', '/spin', 'config.ru:7:in `block'],
    ['a wait', '/sleep?60', 'in `sleep'],
  ])('that stays in %s is ended by harakiri: 504, and its stack in the log', async (_, path, frame) => {
    const engine = await start('processes = 1\nharakiri = 1\n');
    const answer = await engine.get(path);
    expect(answer.status).toBe(504);
    await engine.seen('*** end of backtrace ***');
    expect(engine.log).toContain(frame);
    expect(engine.log).not.toContain('reeve_serve.rb');
    expect((await engine.get('/')).status).toBe(200);
  });

  it('is served by threads at the same time, each with its name', async () => {
    const engine = await start('processes = 1\nthreads = 3\n');
    const answers = await Promise.all([1, 2, 3].map(() => engine.get('/meet', { fresh: true })));
    const names = answers.map(({ body }) => body.split(' ')[3]);
    expect(new Set(names)).toEqual(new Set(['uWSGIWorker1Core0', 'uWSGIWorker1Core1', 'uWSGIWorker1Core2']));
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    await engine.seen('at_exit of worker 1');
  });

  it('is answered for when it ends the thread of its request, and its worker is replaced', async () => {
    const engine = await start('processes = 1\nthreads = 2\n');
    const [pid] = await pids(engine);
    const other = engine.get('/sleep?1');
    await waitFor('the first thread to be busy', async () => (await engine.stats()).workers[0]?.status === 'busy');
    expect((await engine.get('/quit')).status).toBe(500);
    expect((await other).body).toContain(`one 1 ${pid}`);
    await waitFor('its successor', async () => (await pids(engine))[0] !== pid);
    expect((await engine.get('/')).status).toBe(200);
  });

  it('is loaded by each worker with lazy-apps; workers are replaced by max-requests and by exceptions', async () => {
    const engine = await start(
      'processes = 2\nlazy-apps = true\nmax-requests = 20\nmin-worker-lifetime = 0\nreload-on-exception-type = ArgumentError\n',
    );
    expect(engine.count('loaded by')).toBe(2);
    for (let i = 0; i < 60; i += 1) expect((await engine.get('/')).status).toBe(200);
    await engine.seen('max requests reached (20 >= 20)');
    expect((await engine.get('/raise')).status).toBe(500);
    await engine.seen('(exception ArgumentError). Seeya!');
    expect(engine.log).toContain("config.ru:13:in `block (2 levels) in <main>': asked for (ArgumentError)");
    expect((await engine.get('/')).status).toBe(200);
  });
});

it('a worker ends with its master, whatever it does', async () => {
  const engine = await start('processes = 1\n');
  const [worker = 0] = await pids(engine);
  const lost = engine.get('/spin').catch(() => null);
  await waitFor('it to be busy', async () => (await engine.stats()).workers[0]?.status === 'busy');
  engine.signal('SIGKILL');
  await lost;
  await engine.exited;
  await waitFor('the end of the worker', () => {
    try {
      process.kill(worker, 0);
      return false;
    } catch {
      return true; // no such process
    }
  });
});

describe('options', () => {
  it('rb-lib, rb-require, shared-rb-require and ruby-gc-freq do what they say', async () => {
    const engine = await EngineProcess.start({
      ini: `${INI}rb-lib = {FOLDER}\nrb-require = second\nshared-rb-require = {FOLDER}/first.rb\nruby-gc-freq = 2\n`,
      files: {
        'first.rb': 'ORDER = ["first"]',
        'second.rb': 'ORDER << "second"',
        'config.ru': `run(lambda { |_| [200, {}, ["#{ORDER.join(' ')} #{GC.stat(:major_gc_count)}"]] })`,
      },
    });
    engines.push(engine);
    const bodies: string[] = [];
    for (let i = 0; i < 6; i += 1) bodies.push((await engine.get('/')).body);
    expect(bodies[0]).toMatch(/^first second \d+$/);
    const counts = bodies.map((body) => Number(body.split(' ')[2]));
    expect((counts[5] ?? 0) - (counts[0] ?? 0)).toBeGreaterThanOrEqual(2);
  });

  it('a file with a mistake, a config.ru without run, and a folder that is missing are told, and the start is given up', async () => {
    for (const app of ['run(lambda { |', '', 'run 5']) {
      const engine = await EngineProcess.launch({ ini: INI, files: { 'config.ru': app } });
      engines.push(engine);
      expect(await engine.exited).not.toBe(0);
      expect(engine.log).toMatch(/SyntaxError|missing run|TypeError|RuntimeError/);
    }
  });

  it('a file that is no config.ru, and a Ruby without the gem rack, are told with what to do', async () => {
    const runs: [ini: string, env: Record<string, string>, told: string][] = [
      [INI.replace('config.ru', 'app.py'), {}, "app.py is no config.ru: 'rack' takes files that end in .ru or .rb"],
      [INI, { RUBYOPT: '--disable-gems', RUBYLIB: '' }, "install it with 'gem install rack'"],
    ];
    for (const [ini, env, told] of runs) {
      const engine = await EngineProcess.launch({ ini, env, files: { 'config.ru': '', 'app.py': '' } });
      engines.push(engine);
      expect(await engine.exited).not.toBe(0);
      expect(engine.log).toContain(told);
    }
  });
});

const SINATRA = `
require 'sinatra/base'
class Shop < Sinatra::Base
  set :environment, :production
  set :sessions, secret: 'k' * 64
  get('/') { "hello #{params['name']}" }
  get('/count') { session['n'] = session['n'].to_i + 1; session['n'].to_s }
  post('/upload') { params['file'][:tempfile].read.sum.to_s + ' ' + params['file'][:filename] }
  get('/stream') { stream { |out| 3.times { |i| out << "part #{i}\\n" } } }
  get('/file') { send_file File.join(Dir.pwd, 'big.txt') }
  get('/fail') { raise 'a failure of the shop' }
end
run Shop
`;

function hasSinatra(): boolean {
  try {
    execFileSync('ruby', ['-e', "require 'sinatra/base'"], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // no Ruby, or no Sinatra
  }
}

it('what nginx sends over uwsgi is completed as Rack wants it', async () => {
  const engine = await EngineProcess.start({
    ini: 'rack = config.ru\nmaster = true\n',
    listener: 'uwsgi-socket = 127.0.0.1:{HTTP}',
    files: {
      'config.ru': `map('/shop') { run ->(env) {
        [200, {}, [%w[SCRIPT_NAME PATH_INFO QUERY_STRING CONTENT_TYPE CONTENT_LENGTH].map { |name| env[name].inspect }.join(' ')]]
      } }`,
    },
  });
  engines.push(engine);
  const variables = ['REQUEST_METHOD', 'GET', 'PATH_INFO', '/shop/a', 'CONTENT_TYPE', '', 'CONTENT_LENGTH', ''];
  const answer = await ask(engine.port, packet(7, 0, block(...variables)));
  expect(answer.split('\r\n\r\n')[1]).toBe('"/shop" "/a" "" nil nil');
});

it('Sinatra: parameters, sessions, uploads, streams, files and errors', async (context) => {
  context.skip(!hasSinatra(), 'Sinatra (ruby-sinatra) is not installed');
  const big = 'line of the file\n'.repeat(40_000);
  const engine = await EngineProcess.start({
    ini: `${INI}threads = 2\n`,
    files: { 'config.ru': SINATRA, 'big.txt': big },
  });
  engines.push(engine);
  const url = `http://127.0.0.1:${engine.port}`;
  expect(await (await fetch(`${url}/?name=Zo%C3%AB`)).text()).toBe('hello Zoë');
  const first = await fetch(`${url}/count`);
  expect(await first.text()).toBe('1');
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect(await (await fetch(`${url}/count`, { headers: { cookie } })).text()).toBe('2');
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(300_000).fill(1)]), 'Blümchen.bin');
  expect(await (await fetch(`${url}/upload`, { method: 'POST', body: form })).text()).toContain('37856 ');
  expect(await (await fetch(`${url}/stream`)).text()).toBe('part 0\npart 1\npart 2\n');
  expect(await (await fetch(`${url}/file`)).text()).toBe(big);
  const part = await fetch(`${url}/file`, { headers: { range: 'bytes=5-10' } });
  expect([part.status, await part.text()]).toEqual([206, big.slice(5, 11)]);
  const head = await fetch(`${url}/`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '6']);
  expect((await fetch(`${url}/fail`)).status).toBe(500);
  await engine.seen('a failure of the shop');
});
