/**
 * The module `uwsgi` of JavaScript applications: `import uwsgi from 'uwsgi'` or `import { cacheGet } from 'uwsgi'`. What it
 * has is declared in uwsgi.d.ts. What has to ask the engine gives a promise.
 */
import { listMembers, Op, textField, toBytes } from './commons.mjs';
import { presentRequest } from './present.mjs';
import { signals } from './signals.mjs';
import { enqueue } from './spool-file.mjs';
import * as data from './uwsgi-data.mjs';
import { askMaster, boot, commons, newConnection, tellMaster } from './uwsgi-state.mjs';

export * from './uwsgi-data.mjs';

const MAX_SECONDS = 0xffffffff;

export const workerId = () => boot().wid;
export const masterPid = () => boot().masterPid;
export const workerCount = () => boot().processes;

/** Options by name; repeated ones are arrays. */
export function options() {
  const found = {};
  for (const [name, value] of boot().options) {
    const before = found[name];
    if (before === undefined) found[name] = value;
    else found[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

export function log(message) {
  process.stderr.write(`${String(message).replace(/\n+$/, '')}\n`);
}

export const reload = () => tellMaster({ type: 'reload-requested' });
export const stop = () => tellMaster({ type: 'stop-requested' });

/** Raises an alarm of the configuration. */
export const alarm = (name, message) => tellMaster({ type: 'alarm', name: String(name), text: String(message) });

/** What the stats document says about each worker. */
export const workers = () => askMaster('workers');
export const totalRequests = () => askMaster('total-requests');
export const listenQueue = () => askMaster('listen-queue');

// ------------------------------------------------------------------------------------------------ the present request

/** Sets a variable for this request's line in the log: `%(name)` in `log-format`. */
export function setLogVariable(name, value) {
  ofRequest('setLogVariable').logVariable(Buffer.from(String(name)), Buffer.from(String(value)));
}

/** Has the request logged even though request logging is off. */
export function logThisRequest() {
  ofRequest('logThisRequest').logAnyway();
}

/** A variable of the request as uWSGI names it (`REMOTE_USER`, say), or null. */
export const requestVariable = (name) => ofRequest('requestVariable').variables.get(name) ?? null;

function ofRequest(what) {
  const answer = presentRequest();
  if (answer !== undefined) return answer;
  throw new Error(`${what}() works while a request is handled, on Node 24 or newer.`);
}

// ------------------------------------------------------------------------------------------------ locks

/** number -> the connections that hold it, or that have asked for it */
const held = new Map();

/** Waits for the lock. A worker that asks twice waits for itself: requests run side by side in JavaScript. */
export async function lock(number = 0) {
  const connection = newConnection();
  try {
    const got = await connection.exchange(Op.lock, lockName(number));
    if (got === null) throw new RangeError(`There is no lock ${number}: see the option 'locks'.`);
  } catch (error) {
    connection.close();
    throw error;
  }
  held.set(number, [...(held.get(number) ?? []), connection]);
}

/** Gives the lock back. */
export async function unlock(number = 0) {
  const connection = held.get(number)?.shift() ?? newConnection();
  try {
    await connection.exchange(Op.unlock, lockName(number));
  } finally {
    connection.close();
  }
}

export async function isLocked(number = 0) {
  const locked = await commons().exchange(Op.isLocked, lockName(number));
  if (locked === null) throw new RangeError(`There is no lock ${number}: see the option 'locks'.`);
  return locked[0] === 1;
}

/** Runs the function while the lock is held. */
export async function withLock(number, run) {
  await lock(number);
  try {
    return await run();
  } finally {
    await unlock(number);
  }
}

function lockName(number) {
  if (!Number.isInteger(number) || number < 0) throw new RangeError('A lock is a number from 0 up.');
  return textField(`user ${number}`);
}

// ------------------------------------------------------------------------------------------------ caches

/** The value as a Buffer, or null. */
export async function cacheGet(key, cache = '') {
  const value = await commons().exchange(Op.cacheGet, textField(cache), textField(key));
  return value === null ? null : Buffer.from(value);
}

/** False: it is there already, or there is no room. */
export const cacheSet = (key, value, expires = 0, cache = '') => set(key, value, expires, cache, 0);

/** False: there is no room. */
export const cacheUpdate = (key, value, expires = 0, cache = '') => set(key, value, expires, cache, 1);

async function set(key, value, expires, cache, mode) {
  const fixed = Buffer.alloc(5);
  fixed.writeUInt32LE(Math.min(Math.max(0, Math.ceil(expires)), MAX_SECONDS));
  fixed.writeUInt8(mode, 4);
  return (await commons().exchange(Op.cacheSet, textField(cache), textField(key), fixed, toBytes(value))) !== null;
}

export const cacheDelete = async (key, cache = '') =>
  (await commons().exchange(Op.cacheDelete, textField(cache), textField(key))) !== null;

export const cacheExists = async (key, cache = '') =>
  (await commons().exchange(Op.cacheExists, textField(cache), textField(key))) !== null;

export const cacheClear = async (cache = '') => (await commons().exchange(Op.cacheClear, textField(cache))) !== null;

/** Adds to the 64-bit integer that the value is, as uwsgi.cache_inc of Python does. False: it is none. */
export async function cacheIncrement(key, amount = 1, expires = 0, cache = '') {
  const fixed = Buffer.alloc(13);
  fixed.writeUInt32LE(Math.min(Math.max(0, Math.ceil(expires)), MAX_SECONDS));
  fixed.writeBigInt64LE(BigInt(amount), 5);
  return (await commons().exchange(Op.cacheCalculate, textField(cache), textField(key), fixed)) !== null;
}

/** Keys as Buffers. */
export async function cacheKeys(cache = '') {
  const found = await commons().exchange(Op.cacheKeys, textField(cache));
  return found === null ? [] : listMembers(Buffer.from(found));
}

// ------------------------------------------------------------------------------------------------ the spooler

/** Puts a task into a folder; gives the path of its file. Keys with a meaning: `spooler`, `priority`, `at`, `body`. */
export const spool = (task) => enqueue(boot(), task);

// ------------------------------------------------------------------------------------------------ signals

/** Calls the handler in the target's process when the signal is raised: '' any worker, 'workers' all of them... */
export const registerSignal = (number, target, handler) => signals.register(number, target, handler);

export const signal = (number) => signals.raise(number);

/** Raises the signal every so many seconds. */
export function addTimer(number, seconds) {
  const isSignal = Number.isInteger(number) && number >= 0 && number <= 255;
  if (!isSignal) throw new RangeError('a signal is a number from 0 to 255');
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new RangeError('a timer has a whole number of seconds, from 1 up');
  tellMaster({ type: 'add-timer', kind: 'timer', number, seconds, iterations: 0 });
}

export default {
  workerId,
  masterPid,
  workerCount,
  options,
  log,
  reload,
  stop,
  alarm,
  workers,
  totalRequests,
  listenQueue,
  setLogVariable,
  logThisRequest,
  requestVariable,
  lock,
  unlock,
  isLocked,
  withLock,
  cacheGet,
  cacheSet,
  cacheUpdate,
  cacheDelete,
  cacheExists,
  cacheClear,
  cacheIncrement,
  cacheKeys,
  ...data,
  spool,
  registerSignal,
  signal,
  addTimer,
};
