/**
 * Rack applications whose answers are more than a list of strings: websockets, hijacked connections, bodies that are
 * called, files, streams whose client leaves, and what they do behind the answer.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
class Endless
  def each
    loop { yield('x' * 1000); sleep(0.001) }
  end
  def close = $stderr.puts('the stream was closed')
end

NOTE = +'one'
run(lambda do |env|
  case env['PATH_INFO']
  when '/socket'
    UWSGI.websocket_handshake
    UWSGI.websocket_send('welcome')
    begin
      loop do
        message = UWSGI.websocket_recv
        raise 'asked for' if message == 'fail'
        message.force_encoding(Encoding::UTF_8).valid_encoding? ? UWSGI.websocket_send("re: #{message}") : UWSGI.websocket_send_binary(message)
      end
    rescue RuntimeError => error
      $stderr.puts("end: #{error.message}")
      raise if error.message == 'asked for'
    end
    [200, {}, ['nothing']]
  when '/poll'
    UWSGI.websocket_handshake('', '', 'chat')
    found = nil
    sleep(0.002) while (found = UWSGI.websocket_recv_nb).empty?
    UWSGI.websocket_send(found)
  when '/no-socket'
    begin
      UWSGI.websocket_handshake
    rescue RuntimeError => error
      [200, {}, [error.message]]
    end
  when '/hijack'
    io = env['rack.hijack'].call
    Thread.new do
      io.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n")
      while (data = io.readpartial(4096))
        break if data == 'end'
        io.write(data.upcase)
      end
    rescue EOFError
      $stderr.puts('the client has ended')
    ensure
      io.close
    end
    [-1, {}, []]
  when '/partial'
    [200, { 'Content-Type' => 'text/event-stream', 'rack.hijack' => lambda do |stream|
      Thread.new { 3.times { |i| stream.write("data: #{i}\\n\\n") }; stream.close }
    end }, []]
  when '/called'
    [200, { 'content-type' => 'text/plain', 'x-list' => %w[a b] }, lambda do |stream|
      stream << 'got ' << stream.read.to_s
      stream.close
    end]
  when '/endless' then [200, {}, Endless.new]
  when '/behind'
    env['rack.response_finished'] << ->(_, status, _, error) { $stderr.puts("behind: #{status} #{error.inspect}") }
    [201, {}, ['done']]
  when '/note' then [200, { 'X-Note' => NOTE << '!', 'X-Same' => 'é', 'X-Two' => "a\\nb" }, ['noted']]
  when '/inject' then [200, { 'X-A' => "a\\r\\nSet-Cookie: b=c" }, []]
  when '/name' then [200, { "X A" => 'a' }, []]
  when '/nul' then [200, { 'X-A' => "a\\0" }, []]
  when '/large' then [200, {}, ['y' * 3_000_000]]
  when '/length' then [200, { 'Content-Length' => '12a' }, ['y']]
  else [200, {}, ['hello']]
  end
end)
`;

let engine: EngineProcess;

beforeAll(async () => {
  const ini = 'rack = config.ru\nthreads = 3\nharakiri = 60\ndisable-logging = true\n';
  engine = await EngineProcess.start({ ini, files: { 'config.ru': APP } });
});

afterAll(async () => {
  await engine.dispose();
});

/** A websocket and the messages that have come, in order. */
async function open(path: string, protocols: string[] = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${engine.port}${path}`, protocols);
  socket.binaryType = 'arraybuffer';
  const messages: unknown[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(data));
  const closed = once(socket, 'close').then(([event]: CloseEvent[]) => event?.code);
  await once(socket, 'open');
  return { socket, messages, closed };
}

test('websockets bring and take texts and bytes, in order, and end as either side wants', async () => {
  const { socket, messages, closed } = await open('/socket');
  const large = 'é'.repeat(100_000);
  for (let i = 0; i < 50; i += 1) socket.send(`number ${i}`);
  socket.send(large);
  socket.send(new Uint8Array([255, 254, 0]));
  await waitFor('the answers', () => messages.length === 53);
  expect(messages.slice(0, 3)).toEqual(['welcome', 're: number 0', 're: number 1']);
  expect(messages[51]).toBe(`re: ${large}`);
  expect(messages[52]).toEqual(new Uint8Array([255, 254, 0]).buffer);
  socket.close(1000);
  expect(await closed).toBe(1000);
  await engine.seen('end: unable to receive websocket message');

  const failing = await open('/socket');
  failing.socket.send('fail');
  expect(await failing.closed).toBe(1011);
  await engine.seen('asked for (RuntimeError)');
});

test('a websocket can be looked at without waiting, and has the protocol that the application names', async () => {
  const { socket, messages, closed } = await open('/poll', ['chat', 'other']);
  expect(socket.protocol).toBe('chat');
  socket.send('once');
  expect(await closed).toBe(1000);
  expect(messages).toEqual(['once']);
  expect((await engine.get('/no-socket')).body).toBe('unable to complete websocket handshake');
});

test('a hijacked connection passes bytes both ways until either side ends it', async () => {
  for (const ending of ['end', null]) {
    const client = connect(engine.port, '127.0.0.1');
    let seen = '';
    client.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    client.write('GET /hijack HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    await waitFor('the upgrade', () => seen.endsWith('\r\n\r\n'));
    expect(seen).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\nUpgrade: echo\r\n/);
    client.write('hello');
    await waitFor('the echo', () => seen.endsWith('HELLO'));
    const block = 'z'.repeat(300_000);
    client.write(block);
    await waitFor('a large echo', () => seen.endsWith(block.toUpperCase()));
    if (ending === null) client.end();
    else client.write(ending);
    await once(client, 'close');
  }
  await engine.seen('the client has ended');
});

test('bodies that are called or take the connection write for themselves; several values of a header are lines', async () => {
  const partial = await engine.get('/partial');
  expect([partial.body, partial.headers['rack.hijack']]).toEqual(['data: 0\n\ndata: 1\n\ndata: 2\n\n', undefined]);
  const called = await fetch(`http://127.0.0.1:${engine.port}/called`, { method: 'POST', body: 'this' });
  expect([await called.text(), called.headers.get('x-list')]).toEqual(['got this', 'a, b']);
  expect((await engine.get('/large')).body.length).toBe(3_000_000);
});

test('a stream ends when its client leaves, and its body is closed', async () => {
  const client = connect(engine.port, '127.0.0.1');
  client.write('GET /endless HTTP/1.1\r\nHost: t\r\n\r\n');
  await once(client, 'data');
  client.destroy();
  await engine.seen('the stream was closed');
});

test('what is to be done behind the answer is done, with its status', async () => {
  expect((await engine.get('/behind')).body).toBe('done');
  await engine.seen('behind: 201 nil');
});

test('header lines are those of their own answer, however often they were sent before', async () => {
  for (let i = 1; i < 30; i += 1) {
    const { headers } = await engine.get('/note');
    expect(headers['x-note']).toBe(`one${'!'.repeat(i)}`);
    expect(headers['x-two']).toBe('a, b');
    expect((await engine.get('/inject')).status).toBe(500);
  }
});

test.each(['/inject', '/name', '/nul', '/length'])(
  '%s: a header that would break the answer is an error',
  async (path) => {
    const answer = await engine.get(path);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([500, undefined]);
  },
);
