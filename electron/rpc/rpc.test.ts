import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { DEADLINE_MS } from '../contract/api.ts';
import type { Settings } from '../contract/model.ts';
import { RpcClient } from './client.ts';
import { RpcError } from './errors.ts';
import { type Handlers, RpcServer } from './server.ts';
import { createMemoryPair, type SetTimer, type Transport } from './transport.ts';
import { transportCases } from './transport-suite.ts';

const setTimer: SetTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

const settings: Settings = {
  theme: 'dark',
  sampleLoad: true,
  firstRunClosed: false,
  railFolded: false,
  readOnlyTags: [],
  fleet: { groupBy: 'tag', filters: [], columns: [] },
  mutedUntilMs: {},
};

function refuse(): never {
  throw new RpcError({ code: 'test-refused', message: 'not in this test', hint: null });
}

/** Handlers that refuse, except the ones a test gives. */
function handlersWith(some: Partial<Handlers>): Handlers {
  return {
    'app.info': refuse,
    'settings.get': refuse,
    'settings.set': refuse,
    'instances.tag': refuse,
    'hosts.list': refuse,
    'hosts.resolve': refuse,
    'hosts.connect': refuse,
    'hosts.disconnect': refuse,
    'hosts.forget': refuse,
    'hosts.keys': refuse,
    'hosts.forgetKey': refuse,
    'ssh.questions': refuse,
    'ssh.answer': refuse,
    'log.reveal': refuse,
    'rolling.plan': refuse,
    'rolling.start': refuse,
    'rolling.stop': refuse,
    'rolling.resume': refuse,
    'rolling.list': refuse,
    'fleet.sparks': refuse,
    'fleet.preview': refuse,
    'fleet.import': refuse,
    'fleet.export': refuse,
    'action.plan': refuse,
    'emperor.watch': refuse,
    'emperor.unwatch': refuse,
    'emperor.touch': refuse,
    'emperor.attach': refuse,
    'emperor.open': refuse,
    'emperor.log': refuse,
    'action.run': refuse,
    'instances.list': refuse,
    'instances.attach': refuse,
    'instances.rename': refuse,
    'instances.remove': refuse,
    'instances.discover': refuse,
    'instances.retry': refuse,
    'instances.pause': refuse,
    'instances.watch': refuse,
    'instances.unwatch': refuse,
    'engine.inspect': refuse,
    'project.look': refuse,
    'project.write': refuse,
    'engine.run': refuse,
    'engine.start': refuse,
    'engine.stop': refuse,
    'engine.restart': refuse,
    'engine.sample': refuse,
    'sample.load': refuse,
    'sample.slow': refuse,
    'log.read': refuse,
    'log.sources': refuse,
    'log.follow': refuse,
    'log.unfollow': refuse,
    'requests.reveal': refuse,
    'audit.list': refuse,
    'background.watch': refuse,
    'background.unwatch': refuse,
    'spool.list': refuse,
    'spool.task': refuse,
    'spool.retry': refuse,
    'spool.delete': refuse,
    'config.read': refuse,
    'config.check': refuse,
    'config.target': refuse,
    'config.context': refuse,
    'config.paths': refuse,
    'config.peek': refuse,
    'config.save': refuse,
    'config.figures': refuse,
    'config.desk': refuse,
    'config.keepDraft': refuse,
    'config.effective': refuse,
    'config.history': refuse,
    'config.version': refuse,
    'config.compare': refuse,
    'config.drift': refuse,
    'rehearse.start': refuse,
    'rehearse.newest': refuse,
    'rehearse.cancel': refuse,
    'reload.plan': refuse,
    'reload.start': refuse,
    'reload.get': refuse,
    'reload.stopWatching': refuse,
    'reload.list': refuse,
    'files.pick': refuse,
    'files.list': refuse,
    'shell.openUrl': refuse,
    ...some,
  };
}

function join(some: Partial<Handlers>, timer: SetTimer = setTimer) {
  const closed = vi.fn();
  const server = new RpcServer({
    handlers: handlersWith(some),
    setTimer: timer,
    toErrorData: (error) => ({ code: 'bug', message: error instanceof Error ? error.message : 'odd', hint: 'report' }),
    onConnectionClosed: closed,
  });
  const { left, right } = createMemoryPair();
  const connection = server.connect(right);
  const protocolErrors: RpcError[] = [];
  const client = new RpcClient({ setTimer: timer, onProtocolError: (error) => protocolErrors.push(error) });
  client.attach(left);
  return { server, client, connection, closed, left, right, protocolErrors };
}

async function failure(promise: Promise<unknown>): Promise<RpcError> {
  const caught: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (caught instanceof RpcError) return caught;
  throw new Error('the call did not fail with an RpcError');
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the transport in memory', () => {
  for (const { name, run } of transportCases) it(name, async () => run(createMemoryPair, setTimer));
});

describe('a call', () => {
  it('reaches its handler with checked parameters and returns the checked result', async () => {
    const handler = vi.fn(() => ({ ...settings, extra: 'left out' }));
    const { client } = join({ 'settings.set': handler });
    expect(await client.call('settings.set', { theme: 'dark' })).toEqual(settings);
    expect(handler).toHaveBeenCalledWith({ theme: 'dark' }, expect.objectContaining({ id: 1 }));
  });

  it('with wrong parameters is refused before the handler sees it', async () => {
    const handler = vi.fn(() => settings);
    const { server } = join({ 'settings.set': handler });
    const { left, right } = createMemoryPair();
    server.connect(right);
    const reply = nextMessage(left);
    left.send(JSON.stringify({ id: 5, method: 'settings.set', params: { theme: 'pink' } }));
    expect(JSON.parse(await reply)).toMatchObject({ id: 5, error: { code: 'rpc-bad-params' } });
    expect(handler).not.toHaveBeenCalled();
  });

  it('fails with code, message and hint of what the handler threw', async () => {
    const { client } = join({
      'settings.get': () => {
        throw new RpcError({ code: 'disk-full', message: 'The disk is full.', hint: 'Free some space.' });
      },
    });
    const error = await failure(client.call('settings.get', {}));
    expect(error.data).toEqual({ code: 'disk-full', message: 'The disk is full.', hint: 'Free some space.' });
  });

  it('whose handler has a bug fails too, and the next one works', async () => {
    let broken = true;
    const { client } = join({
      'settings.get': async () => {
        if (broken) throw new TypeError('x is not a function');
        return settings;
      },
    });
    expect((await failure(client.call('settings.get', {}))).code).toBe('bug');
    broken = false;
    expect(await client.call('settings.get', {})).toEqual(settings);
  });

  it('whose result breaks the contract is an error and not a wrong value', async () => {
    const { client } = join({ 'settings.get': () => JSON.parse('{"theme":"pink"}') });
    expect((await failure(client.call('settings.get', {}))).code).toBe('rpc-bad-result');
  });

  it('that takes too long fails at its deadline', async () => {
    vi.useFakeTimers();
    const { client } = join({ 'settings.get': async () => new Promise(() => {}) });
    const failed = failure(client.call('settings.get', {}));
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await failed).code).toBe('rpc-deadline');
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    const { client } = join({ 'settings.get': () => settings });
    await client.call('settings.get', {});
    expect(vi.getTimerCount()).toBe(0);
  });

  it('to a method that does not exist names it', async () => {
    const { server } = join({});
    for (const method of ['no.such', 'toString', '__proto__', 'constructor']) {
      const { left, right } = createMemoryPair();
      server.connect(right);
      const reply = nextMessage(left);
      left.send(JSON.stringify({ id: 1, method, params: {} }));
      expect(JSON.parse(await reply)).toMatchObject({ id: 1, error: { code: 'rpc-unknown-method' } });
    }
  });
});

describe('malformed messages', () => {
  const junk = [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"text"',
    '{"id":1}',
    '{"id":"x","method":"settings.get"}',
    '{"method":1,"id":1}',
  ];

  it('to the server are answered with an error and the connection goes on', async () => {
    const { server } = join({ 'settings.get': () => settings });
    const { left, right } = createMemoryPair();
    server.connect(right);
    for (const text of junk) {
      const reply = nextMessage(left);
      left.send(text);
      expect(JSON.parse(await reply)).toMatchObject({ id: null, error: { code: 'rpc-bad-message' } });
    }
    const reply = nextMessage(left);
    left.send('{"id":9,"method":"settings.get"}');
    expect(JSON.parse(await reply)).toEqual({ id: 9, result: settings });
  });

  it('to the client are reported and the connection goes on', async () => {
    const { client, right, protocolErrors } = join({ 'settings.get': () => settings });
    for (const text of [...junk, '{"event":7}', '{"id":12345,"error":{}}']) right.send(text);
    expect(await client.call('settings.get', {})).toEqual(settings);
    expect(protocolErrors.length).toBe(junk.length + 2);
  });
});

describe('events', () => {
  const notice = { level: 'info', text: 'hello', instanceId: null, reloadId: null } as const;

  it('emitted to one connection reach only that one', async () => {
    const { server, client, connection } = join({ 'settings.get': () => settings });
    const other = new RpcClient({ setTimer });
    const pair = createMemoryPair();
    server.connect(pair.right);
    other.attach(pair.left);
    const mine = vi.fn();
    const theirs = vi.fn();
    client.on('notice', mine);
    other.on('notice', theirs);
    connection.emit('notice', notice);
    await Promise.all([client.call('settings.get', {}), other.call('settings.get', {})]);
    expect(mine).toHaveBeenCalledExactlyOnceWith(notice);
    expect(theirs).not.toHaveBeenCalled();
    server.broadcast('notice', notice);
    await other.call('settings.get', {});
    expect(theirs).toHaveBeenCalledExactlyOnceWith(notice);
  });

  it('stop when the listener is taken off', async () => {
    const { client, connection } = join({ 'settings.get': () => settings });
    const listener = vi.fn();
    const off = client.on('notice', listener);
    off();
    connection.emit('notice', notice);
    await client.call('settings.get', {});
    expect(listener).not.toHaveBeenCalled();
  });

  it('that break the contract are reported and not delivered', async () => {
    const { client, right, protocolErrors } = join({ 'settings.get': () => settings });
    const listener = vi.fn();
    client.on('notice', listener);
    right.send('{"event":"notice","payload":{"level":"loud"}}');
    await client.call('settings.get', {});
    expect(listener).not.toHaveBeenCalled();
    expect(protocolErrors).toHaveLength(1);
  });
});

describe('a connection that closes', () => {
  it('fails pending calls, tells the server and can be replaced', async () => {
    const { server, client, closed, left } = join({
      'settings.get': () => settings,
      'app.info': async () => new Promise(() => {}),
    });
    const listener = vi.fn();
    const attachment = vi.fn();
    client.on('notice', listener);
    client.onAttachment(attachment);
    const pending = failure(client.call('app.info', {}));
    left.close();
    expect((await pending).code).toBe('rpc-closed');
    expect(client.attached).toBe(false);
    expect((await failure(client.call('settings.get', {}))).code).toBe('rpc-closed');
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
    expect(server.connectionCount).toBe(0);

    const next = createMemoryPair();
    const connection = server.connect(next.right);
    client.attach(next.left);
    connection.emit('notice', { level: 'info', text: 'again', instanceId: null, reloadId: null });
    expect(await client.call('settings.get', {})).toEqual(settings);
    expect(listener).toHaveBeenCalledOnce();
    expect(attachment.mock.calls).toEqual([[false], [true]]);
  });

  it('gets nothing of a call that finishes later', async () => {
    const { promise, resolve } = Promise.withResolvers<typeof settings>();
    const handler = vi.fn(async () => promise);
    const { client, right, left } = join({ 'settings.get': handler });
    const sent = vi.spyOn(right, 'send');
    const pending = failure(client.call('settings.get', {}));
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce());
    left.close();
    await pending;
    resolve(settings);
    // All that an answer would take to be sent.
    await setImmediate();
    expect(sent).not.toHaveBeenCalled();
  });
});

async function nextMessage(transport: Transport): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  transport.onMessage = resolve;
  return z.string().parse(await promise);
}
