/** What is spoken after an upgrade, without sockets: how much goes ahead of a worker, tunnels, pings and closes. */
import { describe, expect, it } from 'vitest';
import { FRAME_HEADER_BYTES, FrameFlag, INPUT_WINDOW_BYTES, type ResponseHead } from './frames.ts';
import { InputWindow } from './input-window.ts';
import { TunnelStream } from './tunnel-stream.ts';
import type { UpgradedClient } from './upgraded-stream.ts';
import { WebSocketStream } from './websocket-stream.ts';

/** A client, and the worker's end of the wire, that keep what they are given. */
function peers() {
  const client = { written: '', isPending: false, isPaused: false, isFinished: false, isDestroyed: false };
  const handle: UpgradedClient = {
    get isPending() {
      return client.isPending;
    },
    write: (bytes) => {
      client.written += bytes.toString('latin1');
    },
    pause: () => {
      client.isPaused = true;
    },
    resume: () => {
      client.isPaused = false;
    },
    finish: () => {
      client.isFinished = true;
    },
    destroy: () => {
      client.isDestroyed = true;
    },
  };
  const input: string[] = [];
  const limits: boolean[] = [];
  const wire = {
    pause: () => undefined,
    resume: () => undefined,
    send: (frame: Buffer) => {
      input.push(`${frame.readUInt8(5)} ${frame.toString('latin1', FRAME_HEADER_BYTES)}`);
    },
  };
  const window = new InputWindow({ id: 7, wire }, (isLimited) => limits.push(isLimited));
  return { client, handle, input, limits, window };
}

const head = (status: number, block = '\r\n'): ResponseHead => ({
  status,
  headerCount: 0,
  parts: 0,
  contentLength: -1,
  block: Buffer.from(block),
});

/** A frame of a client: its first byte, then its payload. */
const masked = (...bytes: number[]): Buffer =>
  Buffer.from([bytes[0] ?? 0, 0x80 | (bytes.length - 1), 0, 0, 0, 0, ...bytes.slice(1)]);

describe('the window to a worker', () => {
  it('is full until half of it was taken, and then the client goes on', () => {
    const { window, client, handle } = peers();
    const tunnel = new TunnelStream(handle, window, head(0), 'HTTP/1.1');
    tunnel.received(Buffer.alloc(INPUT_WINDOW_BYTES - FRAME_HEADER_BYTES - 1));
    expect(client.isPaused).toBe(false);
    tunnel.received(Buffer.alloc(1));
    expect(client.isPaused).toBe(true);
    expect(window.consumed(INPUT_WINDOW_BYTES / 2 - 1)).toBe(true);
    expect(client.isPaused).toBe(true);
    expect(window.consumed(100)).toBe(true);
    expect(client.isPaused).toBe(false);
    expect(window.consumed(INPUT_WINDOW_BYTES)).toBe(false);
  });

  it('limits the time of an application that has something to take, and no other', () => {
    const { window, limits } = peers();
    window.send(0, Buffer.from('a'));
    window.send(0, Buffer.from('b'));
    window.consumed(FRAME_HEADER_BYTES + 1);
    window.consumed(FRAME_HEADER_BYTES + 1);
    expect(limits).toEqual([false, true, true, false]);
  });
});

describe('a tunnel', () => {
  it('passes bytes both ways, and each end on its own', () => {
    const { window, client, handle, input } = peers();
    const tunnel = new TunnelStream(handle, window, head(101, 'Switching\r\nUpgrade: foo\r\n'), 'HTTP/1.1');
    expect(client.written).toBe('HTTP/1.1 101 Switching\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n');
    tunnel.received(Buffer.from('up'));
    tunnel.clientEnded();
    tunnel.data(Buffer.from('down'));
    expect(input).toEqual(['0 up', `${FrameFlag.CLOSED} `]);
    expect(client.written.endsWith('down')).toBe(true);
    expect(client.isFinished).toBe(false);
    tunnel.workerEnded();
    expect(client.isFinished).toBe(true);
  });

  it('says nothing itself when the application writes the whole answer', () => {
    const { window, client, handle } = peers();
    new TunnelStream(handle, window, head(0), 'HTTP/1.1').data(Buffer.from('raw'));
    expect(client.written).toBe('raw');
  });
});

describe('a websocket', () => {
  const SETTINGS = { pingSeconds: 30, pongToleranceSeconds: 3, maxMessageBytes: 1000 };
  function open() {
    const all = peers();
    const stream = new WebSocketStream(all.handle, all.window, head(101, 'Now\r\n'), 'key', SETTINGS);
    expect(all.client.written).toMatch(/^HTTP\/1\.1 101 Now\r\nUpgrade: websocket\r\n.*\r\n\r\n$/s);
    all.client.written = '';
    return { ...all, stream, nowMs: performance.now() };
  }

  it('pings a silent client, and drops one that stays silent', () => {
    const { stream, client, input, nowMs } = open();
    stream.tick(nowMs + 29_000);
    expect(client.written).toBe('');
    stream.tick(nowMs + 31_000);
    expect(client.written).toBe('\x89\0');
    stream.received(masked(0x8a));
    stream.tick(nowMs + 36_000);
    expect(client.isDestroyed).toBe(false);
    stream.tick(nowMs + 62_000);
    stream.tick(nowMs + 66_000);
    expect(client.isDestroyed).toBe(true);
    expect(input).toEqual([`${FrameFlag.CLOSED} \xee\x03`]);
  });

  it('does not take a client for silent that is not read, or has something to take', () => {
    const { stream, client, window, nowMs } = open();
    client.isPending = true;
    stream.tick(nowMs + 40_000);
    client.isPending = false;
    window.send(0, Buffer.alloc(INPUT_WINDOW_BYTES));
    stream.tick(nowMs + 50_000);
    expect(client.written).toBe('');
  });

  it('answers a close when the worker has said what it owes, or after a while', () => {
    const { stream, client, input } = open();
    stream.received(masked(0x88, 3, 232, 111, 107));
    expect(input).toEqual([`${FrameFlag.CLOSED} \xe8\x03ok`]);
    stream.data(Buffer.from('late'), FrameFlag.TEXT);
    stream.workerEnded('complete');
    expect(client.written).toBe('\x81\x04late\x88\x02\x03\xe8');
    const patient = open();
    patient.stream.received(masked(0x88, 3, 232));
    patient.stream.tick(performance.now() + 1000);
    expect(patient.client.isFinished).toBe(false);
    patient.stream.tick(performance.now() + 3000);
    expect(patient.client.written).toBe('\x88\x02\x03\xe8');
  });

  it("says an application's code and reason, and nothing after it", () => {
    const { stream, client } = open();
    stream.data(Buffer.concat([Buffer.from([0xa1, 0x0f]), Buffer.from('full')]), FrameFlag.CLOSED);
    stream.data(Buffer.from('x'), FrameFlag.TEXT);
    stream.workerEnded('complete');
    expect(client.written).toBe('\x88\x06\x0f\xa1full');
    expect(client.isFinished).toBe(true);
  });

  it('answers pings with what they hold, but not to a client that does not read', () => {
    const { stream, client } = open();
    stream.received(masked(0x89, 65));
    client.isPending = true;
    stream.received(masked(0x89, 66));
    expect(client.written).toBe('\x8a\x01A');
  });
});
