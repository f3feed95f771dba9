import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type Connection, Connections } from './connections.ts';

function connection(seen: number[], id: number): Connection {
  return {
    listenerId: id,
    isBusy: false,
    endAfterAnswer: () => undefined,
    destroy: () => undefined,
    tick: () => seen.push(id),
  };
}

test('four ticks look at every connection once', () => {
  const seen: number[] = [];
  const connections = new Connections(() => undefined);
  for (let id = 0; id < 10; id++) connections.add(connection(seen, id));
  connections.tick(0);
  expect(seen.length).toBeLessThanOrEqual(3);
  for (let tick = 1; tick < 4; tick++) connections.tick(tick);
  expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a connection that has gone is not looked at, and is gone once', () => {
  const seen: number[] = [];
  const connections = new Connections(() => undefined);
  const [one, two] = [connection(seen, 1), connection(seen, 2)];
  connections.add(one);
  connections.add(two);
  expect([connections.delete(one), connections.delete(one), connections.size]).toEqual([true, false, 1]);
  expect([...connections]).toEqual([two]);
  for (let tick = 0; tick < 4; tick++) connections.tick(tick);
  expect(seen).toEqual([2]);
});

test('connections beyond the limit are refused, and the log says so once in a while', () => {
  const lines: string[] = [];
  const connections = new Connections((text) => lines.push(text));
  connections.limit = 1;
  expect(connections.hasRoom()).toBe(true);
  connections.add(connection([], 1));
  expect([connections.hasRoom(), connections.hasRoom()]).toEqual([false, false]);
  connections.tick(0);
  expect(lines).toEqual([expect.stringMatching(/^2 connections were refused: 1 are open.*'ulimit -n' or 'max-fd'/)]);
  connections.hasRoom();
  connections.tick(1000);
  expect(lines).toHaveLength(1);
  connections.tick(10_000);
  expect(lines).toHaveLength(2);
});

test('the oldest TLS handshakes give way to new ones when there is no room, connections do not', () => {
  const ended: string[] = [];
  const handshake = (name: string): { destroy: () => Socket } => ({
    destroy: () => {
      ended.push(name);
      return new Socket();
    },
  });
  const connections = new Connections(() => undefined);
  connections.limit = 3;
  connections.add(connection([], 1));
  const [one, two, three, four] = [handshake('one'), handshake('two'), handshake('three'), handshake('four')];
  connections.handshakeBegins(one);
  connections.handshakeBegins(two);
  expect(ended).toEqual([]);
  connections.handshakeBegins(three);
  expect(ended).toEqual(['one']);
  connections.handshakeEnds(two);
  connections.handshakeBegins(four);
  expect(ended).toEqual(['one']);
});
