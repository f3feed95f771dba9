/**
 * The same Rack application on the engine and on a real uWSGI with its Ruby plugin: variables, bodies, headers, cookies,
 * encodings, and what the module UWSGI answers.
 */
import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineProcess, freePort } from './testing/engine-process.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const APP = String.raw`
class Parts
  def initialize(*parts) = @parts = parts
  def each(&block) = @parts.each(&block)
  def close = $stderr.puts('closed')
end

class Failing < Parts
  def each
    super
    raise IndexError, 'too late'
  end
end

def show(value)
  value.is_a?(String) ? [value.encoding.to_s, value].inspect : value.class.to_s
end

def calls
  found = []
  call = lambda do |name, *arguments|
    result = begin
      UWSGI.public_send(name, *arguments).inspect
    rescue Exception => error
      "#{error.class}: #{error.message}"
    end
    found << "#{name} #{arguments.grep_v(Proc).inspect}: #{result}"
  end
  call.(:cache_set, 'a', '1'); call.(:cache_set, 'a', '2'); call.(:cache_set!, 'a', '2')
  call.(:cache_get, 'a'); call.(:cache_get, 'z'); call.(:cache_get!, 'z'); call.(:cache_get, 'a', 'nowhere')
  call.(:cache_exists, 'a'); call.(:cache_exists?, 'z'); call.(:cache_update, 'a', "\xff\x00".b); call.(:cache_get, 'a')
  call.(:cache_update!, 'n', 'x', 10, 'default'); call.(:cache_get!, 'n', 'default')
  call.(:cache_del, 'a'); call.(:cache_del, 'a'); call.(:cache_del!, 'a')
  call.(:cache_set, 3, 4); call.(:cache_set, 'x'); call.(:cache_clear); call.(:cache_clear!, 'nowhere')
  call.(:lock); call.(:unlock); call.(:lock, 1); call.(:unlock, 1); call.(:lock, 2); call.(:unlock, 7)
  call.(:metric_get, 'none'); call.(:metric_set, 'none', 1); call.(:metric_inc, 'none')
  call.(:metric_inc, 'm'); call.(:metric_inc, 'm', 4); call.(:metric_mul, 'm', 4); call.(:metric_div, 'm', 2)
  call.(:metric_dec, 'm', 2); call.(:metric_get, 'm'); call.(:metric_set, 'm', 7); call.(:metric_get, 'm')
  call.(:signal_registered, 3); call.(:register_signal, 3, 'worker', ->(_) {}); call.(:signal_registered, 3)
  call.(:register_signal, 259 + 256, '', ->(_) {}); call.(:signal_received)
  call.(:add_timer, 3, 100); call.(:add_rb_timer, 3, 100); call.(:add_cron, 3, 0, -1, -1, -1, -1)
  call.(:register_rpc, 'f', ->(*words) { words.reverse.join(' ') }); call.(:rpc, '', 'f', 'x', 'y'); call.(:rpc, '', 'none')
  call.(:register_rpc, 'f', 1, ->(word) { word })
  call.(:setprocname, 'renamed'); call.(:set_user_harakiri, 10); call.(:set_user_harakiri, 0)
  call.(:i_am_the_spooler); call.(:i_am_the_lord, 'x'); call.(:mule_id); call.(:worker_id); call.(:log, 'a line'); call.(:log, 3)
  found << "masterpid #{UWSGI.masterpid == Process.ppid || UWSGI.masterpid.positive?}"
  found << "mem #{UWSGI.mem.map { |bytes| bytes > 1_000_000 }} #{UWSGI.mem[0] < UWSGI.mem[1]}"
  found << "options #{UWSGI::OPT.class} #{UWSGI::OPT['rack']} #{UWSGI::NUMPROC} #{UWSGI::HOSTNAME == Socket.gethostname}"
  found << [UWSGI::SPOOL_OK, UWSGI::SPOOL_RETRY, UWSGI::SPOOL_IGNORE].inspect
  found.join("\n")
end

require 'socket'

run(lambda do |env|
  text = { 'Content-Type' => 'text/plain' }
  input = env['rack.input']
  case env['PATH_INFO']
  when '/env' then [200, text, [env.sort.map { |key, value| "#{key} #{show(value)}\n" }.join]]
  when '/input'
    read = [input.read(2), input.gets, input.read(3, String.new), input.read, input.read(1), input.read]
    input.rewind
    [200, text, [[*read, input.gets, input.gets].inspect]]
  when '/echo' then [200, text, [input.read]]
  when '/lines' then [200, { 'Set-Cookie' => "a=1; path=/\nb=2", 'X-Number' => 5, 'X-Empty' => '', 'x-lower' => 'y' }, ['abc']]
  when '/parts' then [200, text, Parts.new("\xff\x00".b, "\u00e9", '', 'end')]
  when '/many' then [200, text, ['a', "\xe9".b, "\u00e9"]]
  when '/none' then [204, {}, []]
  when '/modified' then [304, { 'ETag' => '"a"' }, []]
  when '/teapot' then ['418', text, ['short and stout']]
  when '/missing' then [404, text.merge('Content-Length' => '2'), ['no']]
  when '/file' then [200, text, File.open('payload.bin', 'rb')]
  when '/header' then [200, { 'X-Name' => "Zo\u00eb", 'X-Raw' => "\xe9".b }, []]
  when '/late' then [200, text, Failing.new('begun')]
  when '/calls' then [200, text, [calls]]
  when '/api' then [200, text, [(UWSGI.singleton_methods(false) + UWSGI.constants).sort.join("\n")]]
  else [200, text, ['hello']]
  end
end)
`;
const PAYLOAD = 'payload\n'.repeat(50_000);
const SETTINGS = ['cache2 = name=default,items=100', 'locks = 2', 'metric = name=m', 'enable-metrics = true'];

interface Seen {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Variables as `name value`, but those that are meant to differ. */
const variables = (body: string): string[] =>
  body.split('\n').filter((line) => !/^(SERVER_PORT|rack\.(input|response_finished)|uwsgi\.version) /.test(line));

const ask = (port: number, path: string, headers: Record<string, string>, body: Buffer | null): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const method = body === null ? 'GET' : 'POST';
    const length = body === null ? {} : { 'content-length': String(body.length) };
    const all = { host: 'shop.test', connection: 'close', ...headers, ...length };
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      const end = (): void => {
        const text = Buffer.concat(parts).toString('latin1');
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
      };
      incoming.on('end', end);
      incoming.on('error', end);
    });
    outgoing.on('error', reject);
    outgoing.end(body ?? undefined);
  });

/** What a connection adds is not the application's. */
function application(headers: IncomingHttpHeaders): [string, unknown][] {
  const own = ['content-length', 'transfer-encoding', 'connection'];
  return Object.entries(headers).filter(([name]) => !own.includes(name));
}

const missing = whyNoUwsgi('rack');

describe('beside uWSGI', () => {
  if (missing !== null) {
    test('is tried', ({ skip }) => skip(missing));
    return;
  }
  let engine: EngineProcess;
  let uwsgi: UwsgiProcess;
  let uwsgiPort = 0;

  beforeAll(async () => {
    const files = { 'config.ru': APP, 'payload.bin': PAYLOAD };
    engine = await EngineProcess.start({ ini: `rack = config.ru\n${SETTINGS.join('\n')}\n`, files });
    uwsgiPort = await freePort();
    const args = SETTINGS.map((line) => `--${line.replace(' = true', '').replace(' = ', '=')}`);
    const own = ['--plugins', 'rack', '--http-socket', `127.0.0.1:${uwsgiPort}`, '--http-socket-modifier1', '7'];
    uwsgi = await UwsgiProcess.start([...own, '--rack', 'config.ru', ...args], files);
  });

  afterAll(async () => {
    await engine.dispose();
    await uwsgi.dispose();
  });

  const both = async (
    path: string,
    headers: Record<string, string> = {},
    body: Buffer | null = null,
  ): Promise<{ here: Seen; there: Seen }> => ({
    here: await ask(engine.port, path, headers, body),
    there: await ask(uwsgiPort, path, headers, body),
  });

  test('a request has the same variables, of the same classes and encodings', async () => {
    const headers = { 'x-name': 'Zo\xeb', cookie: 'a=1; b=2', 'content-type': 'text/x-test' };
    const { here, there } = await both('/env?q=%C3%AB&r=%20', headers, Buffer.from('abc'));
    const [own, theirs] = [variables(here.body), variables(there.body)];
    const more = own.filter((line) => !theirs.includes(line)).map((line) => line.split(' ')[0]);
    // uWSGI's own listeners do not tell the client's port.
    expect(more.filter((name) => !['REMOTE_PORT', 'SERVER_ADDR'].includes(name ?? ''))).toEqual([]);
    expect(theirs.filter((line) => !own.includes(line))).toEqual([]);
  });

  test('the body of a request is read in the same way', async () => {
    const sent = Buffer.from('abc\ndef\n\xff\xfeghi', 'latin1');
    const { here, there } = await both('/input', {}, sent);
    expect(here.body).toBe(there.body);
    const large = Buffer.alloc(3_000_000, 'x\r\n\xe9');
    const echoed = await ask(engine.port, '/echo', {}, large);
    expect(Buffer.from(echoed.body, 'latin1').equals(large)).toBe(true);
  });

  test.each([
    ['/lines'],
    ['/parts'],
    ['/many'],
    ['/none'],
    ['/modified'],
    ['/teapot'],
    ['/missing'],
    ['/file'],
    ['/header'],
    ['/late'],
    ['/?a=b'],
  ])('%s is answered in the same way', async (path) => {
    const { here, there } = await both(path);
    expect([here.status, here.body]).toEqual([there.status, there.body]);
    expect(new Map(application(here.headers))).toEqual(new Map(application(there.headers)));
  });

  test('functions of UWSGI answer in the same way', async () => {
    const { here, there } = await both('/calls');
    expect(here.body.split('\n')).toEqual(there.body.split('\n'));
  });

  test('every function and constant of UWSGI is there', async () => {
    const { here, there } = await both('/api');
    const own = new Set(here.body.split('\n'));
    expect(there.body.split('\n').filter((name) => !own.has(name))).toEqual([]);
  });
});
