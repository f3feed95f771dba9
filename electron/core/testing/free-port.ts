/**
 * Loopback ports for the servers of tests. They are below those that the system hands out by itself, so that no
 * connection and no listener without a wish takes one between this look and the server that binds it, and they follow
 * each other from a start by chance, so that tests in two processes do not meet.
 */
import { isPortFree } from '../sample/free-port.ts';

/** Linux hands out 32768 and more. */
const FIRST = 20_000;
const COUNT = 12_000;

let next = Math.floor(Math.random() * COUNT);

/** A port that nothing listens on; another one with each call. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < COUNT; tried += 1) {
    const port = FIRST + (next % COUNT);
    next += 1;
    if (await isPortFree('127.0.0.1', port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + COUNT} is free`);
}
