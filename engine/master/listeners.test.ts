import { beforeEach, describe, expect, test } from 'vitest';
import { buildSettings } from '../config/build-settings.ts';
import { resolveConfig } from '../config/resolve.ts';
import type { EngineSettings } from '../config/settings.ts';
import { memoryHost } from '../config/test-host.ts';
import type { MasterToGateway } from '../gateway/messages.ts';
import { Certificates } from './certificates.ts';
import { type BindOutcome, Listeners } from './listeners.ts';

let sent: { gatewayId: number; message: MasterToGateway }[];
let outcomes: BindOutcome[];
let log: string[];

beforeEach(() => {
  sent = [];
  outcomes = [];
  log = [];
});

function listenersOf(count: number): Listeners {
  return new Listeners({
    gateways: { count, tellOne: (gatewayId, message) => sent.push({ gatewayId, message }) },
    certificates: new Certificates(() => undefined),
    done: (outcome) => outcomes.push(outcome),
    log: (text) => log.push(text),
  });
}

function settingsOf(lines: string): EngineSettings {
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], memoryHost({ 'uwsgi.ini': `[uwsgi]\n${lines}` }));
  const built = resolved.ok ? buildSettings(resolved) : null;
  if (built === null || !built.ok) throw new Error('bad test');
  return built.settings;
}

/** What was sent since the last time, in short. */
function told(): string[] {
  const lines = sent.map(({ gatewayId, message }) => {
    if (message.type === 'listen') {
      const port = message.address.type === 'tcp' ? message.address.port : message.address.type;
      const { isAlone, reusePort } = message.binding;
      return `${gatewayId}: listen ${port}${isAlone ? ' alone' : ''}${reusePort ? ' shared' : ''}`;
    }
    return `${gatewayId}: ${message.type}${'listenerId' in message ? ` ${message.listenerId}` : ''}`;
  });
  sent = [];
  return lines;
}

function listening(listeners: Listeners, gatewayId: number, listenerId: number, port = 80): void {
  listeners.said(gatewayId, { type: 'listening', listenerId, address: { type: 'tcp', host: '', port } });
}

describe('several gateways', () => {
  test('bind a port one after the other, the first one alone; the others take the port that it got', () => {
    const listeners = listenersOf(3);
    listeners.bind(settingsOf('http = :0'));
    expect(told()).toEqual(['0: listen 0 alone shared']);
    listening(listeners, 0, 1, 4711);
    expect(told()).toEqual(['1: listen 4711 shared', '2: listen 4711 shared']);
    listening(listeners, 2, 1, 4711);
    expect(outcomes).toEqual([]);
    listening(listeners, 1, 1, 4711);
    expect(outcomes).toEqual([{ status: 'ready' }]);
  });

  test('take turns with what can be bound once only', () => {
    const listeners = listenersOf(2);
    listeners.bind(settingsOf('socket = a.sock\nsocket = b.sock\nsocket = @c'));
    expect(told()).toEqual([
      '1: listen unix alone shared',
      '0: listen unix alone shared',
      '1: listen abstract alone shared',
    ]);
  });

  test('give up together when one of them can not bind', () => {
    const listeners = listenersOf(2);
    listeners.bind(settingsOf('http = :80'));
    listening(listeners, 0, 1);
    told();
    listeners.said(1, { type: 'listen-failed', listenerId: 1, code: 'EADDRINUSE', message: 'in use' });
    expect(told()).toEqual(['0: unlisten 1', '1: unlisten 1']);
    expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'address-in-use' } }]);
  });

  test('are told again what they listen on when they were started anew, each its own', () => {
    const listeners = listenersOf(2);
    const settings = settingsOf('http = :80\nsocket = a.sock');
    listeners.bind(settings);
    listening(listeners, 0, 1);
    listening(listeners, 1, 1);
    listeners.said(0, { type: 'listening', listenerId: 2, address: { type: 'unix', path: 'a.sock' } });
    listeners.adopt(settings);
    told();
    listeners.restore(1);
    expect(told()).toEqual(['1: listen 80 shared']);
    listeners.restore(0);
    expect(told()).toEqual(['0: listen 80 shared', '0: listen unix shared']);
    listeners.said(0, { type: 'listen-failed', listenerId: 1, code: 'EACCES', message: 'not permitted' });
    expect(log).toEqual(['*** :80 could not be bound again: not permitted ***']);
  });
});

describe('a reload', () => {
  test('binds what is new, closes what is gone and leaves the rest', () => {
    const listeners = listenersOf(1);
    const before = settingsOf('http = :80\nhttp = :81');
    listeners.bind(before);
    listening(listeners, 0, 1);
    listening(listeners, 0, 2, 81);
    listeners.adopt(before);
    told();
    const after = settingsOf('http = :80\nhttp = :82');
    listeners.bind(after);
    expect(told()).toEqual(['0: listen 82 alone']);
    listening(listeners, 0, 3, 82);
    expect(listeners.adopt(after)).toMatchObject({ opened: [{ text: ':82' }], closed: [{ text: ':81' }] });
    expect(told()).toEqual(['0: unlisten 2']);
    expect(outcomes).toEqual([{ status: 'ready' }, { status: 'ready' }]);
  });

  test('that fails leaves what was bound before', () => {
    const listeners = listenersOf(1);
    const before = settingsOf('http = :80');
    listeners.bind(before);
    listening(listeners, 0, 1);
    listeners.adopt(before);
    told();
    listeners.bind(settingsOf('http = :80\nhttps = :443,none.crt,none.key'));
    expect(outcomes.at(-1)).toMatchObject({ status: 'failed', error: { code: 'certificate-unusable' } });
    expect(told()).toEqual([]);
  });
});

describe('an inherited socket', () => {
  test('is not listened on once more after its gateway ended: its number may be another file by then', () => {
    const listeners = listenersOf(1);
    const settings = settingsOf('socket = fd://3');
    listeners.bind(settings);
    listeners.said(0, { type: 'listening', listenerId: 1, address: { type: 'fd', fd: 3 } });
    listeners.adopt(settings);
    told();
    listeners.restore(0);
    expect(told()).toEqual([]);
    expect(log).toEqual([
      expect.stringMatching(/^\*\*\* fd:\/\/3 could not be bound again: .*new start of the engine/),
    ]);
  });

  test('that is standard input is listened on again: it stays open', () => {
    const listeners = listenersOf(1);
    const settings = settingsOf('socket = fd://0');
    listeners.bind(settings);
    told();
    listeners.restore(0);
    expect(told()).toEqual(['0: listen fd']);
  });

  test('changes what it speaks with a new start only, as two servers of one descriptor would both close it', () => {
    const listeners = listenersOf(2);
    const before = settingsOf('socket = fd://3');
    listeners.bind(before);
    listeners.said(1, { type: 'listening', listenerId: 1, address: { type: 'fd', fd: 3 } });
    listeners.adopt(before);
    told();
    listeners.bind(settingsOf('http-socket = fd://3'));
    expect(told()).toEqual([]);
    expect(outcomes.at(-1)).toMatchObject({ status: 'failed', error: { code: 'address-not-available' } });
    listeners.bind(before);
    expect(outcomes.at(-1)).toEqual({ status: 'ready' });
  });
});

test('a port that other servers may share is not tried out alone', () => {
  const listeners = listenersOf(1);
  listeners.bind(settingsOf('http = :80\nreuse-port = true'));
  expect(told()).toEqual(['0: listen 80 shared']);
});
