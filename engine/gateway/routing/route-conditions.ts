/** Conditions of `route-if`, as on uWSGI 2.0.21: numbers are read as C's strtol does, files are asked for at each request. */
import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type Condition = (first: string, second: string) => boolean;

const isEqual: Condition = (first, second) => first === second;
const contains: Condition = (first, second) => first.includes(second);
const isHigher: Condition = (first, second) => toNumber(first) > toNumber(second);
const isLower: Condition = (first, second) => toNumber(first) < toNumber(second);
const isNotLower: Condition = (first, second) => toNumber(first) >= toNumber(second);
const isNotHigher: Condition = (first, second) => toNumber(first) <= toNumber(second);

/** All but those that need more than two texts (`regexp`, `incache`). */
export const CONDITIONS: Readonly<Record<string, Condition>> = {
  exists: (path) => statsOf(path) !== null,
  isfile: (path) => statsOf(path)?.isFile() === true,
  isdir: (path) => statsOf(path)?.isDirectory() === true,
  islink: (path) => statsOf(path, lstatSync)?.isSymbolicLink() === true,
  isexec: (path) => isExecutable(path),
  equal: isEqual,
  isequal: isEqual,
  eq: isEqual,
  '==': isEqual,
  startswith: (first, second) => first.startsWith(second),
  endswith: (first, second) => first.endsWith(second),
  contain: contains,
  contains,
  empty: (text) => text === '',
  ishigher: isHigher,
  '>': isHigher,
  islower: isLower,
  '<': isLower,
  ishigherequal: isNotLower,
  '>=': isNotLower,
  islowerequal: isNotHigher,
  '<=': isNotHigher,
  ipv4in: (address, network) => isInside(address, network, 'ipv4'),
  ipv6in: (address, network) => isInside(address, network, 'ipv6'),
};

/** The number that a text begins with; 0: it does not begin with one. */
export function toNumber(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isSafeInteger(value) ? value : 0;
}

/** @param path latin-1 of its bytes; null: no such file, or no path at all */
export function statsOf(path: string, look: typeof statSync = statSync): Stats | null {
  if (path.includes('\0')) return null;
  try {
    return look(Buffer.from(path, 'latin1'), { throwIfNoEntry: false }) ?? null;
  } catch {
    // A name that is too long, a folder that may not be entered, links in a circle: paths come from requests.
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(Buffer.from(path, 'latin1'), constants.X_OK);
    return true;
  } catch {
    // It is not there, or not for us: both mean no.
    return false;
  }
}

const networks = new Map<string, BlockList | null>();

function isInside(address: string, network: string, family: 'ipv4' | 'ipv6'): boolean {
  const isAddress = family === 'ipv4' ? isIPv4 : isIPv6;
  if (!isAddress(address)) return false;
  let list = networks.get(network);
  if (list === undefined) {
    list = parseNetwork(network, family);
    if (networks.size > 256) networks.clear();
    networks.set(network, list);
  }
  return list?.check(address, family) === true;
}

function parseNetwork(network: string, family: 'ipv4' | 'ipv6'): BlockList | null {
  const [base = '', prefix] = network.split('/');
  const widest = family === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? widest : Number(prefix);
  if (!(family === 'ipv4' ? isIPv4(base) : isIPv6(base)) || !Number.isInteger(bits) || bits < 0 || bits > widest) {
    return null;
  }
  const list = new BlockList();
  list.addSubnet(base, bits, family);
  return list;
}
