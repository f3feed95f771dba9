/**
 * Puts a task into a spooler's folder, for applications in JavaScript: the file's name and bytes are uWSGI's, as drawn in
 * resources/runtimes/python/reeve_spool_file.py. Node has no fcntl locks: the file has another name until it is complete,
 * which no spooler looks at. Tasks are run by Python.
 *
 *   enqueue(boot, { task: 'mail', to: 'ann@site.test', at: Date.now() / 1000 + 60, body: Buffer })   // -> path
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const MODIFIER = 17;
const MOST_VARS_BYTES = 0xffff;
let counter = 0;

/**
 * Writes the file and wakes who runs it; gives its path. Keys with a meaning: `spooler` (a folder, or its number from 0),
 * `priority` (a number), `at` (epoch seconds), `body` (what is larger than 64 KiB). Values are texts, numbers or bytes.
 * @throws Error when it can not be written
 */
export function enqueue(boot, task) {
  const { body = '', ...vars } = task;
  const pairs = Object.entries(vars).map(([key, value]) => [key, key === 'at' ? timeOf(value) : value]);
  const data = pack(pairs, body);
  const folder = folderOf(boot, task.spooler);
  const priority = priorityOf(task.priority);
  const place = priority === '' ? folder : join(folder, priority);
  if (priority !== '') mkdirSync(place, { recursive: true });
  const name = newName();
  const [draft, path] = [join(place, `.${name}`), join(place, name)];
  try {
    writeFileSync(draft, data, { flag: 'wx', mode: 0o600 });
    if (task.at !== undefined) utimesSync(draft, Number(timeOf(task.at)), Number(timeOf(task.at)));
    renameSync(draft, path);
  } catch (error) {
    removeQuietly(draft);
    throw new Error(`unable to spool job: ${error.message}`, { cause: error });
  }
  if (!boot.spooler.isQuiet) process.stderr.write(`[spooler] written ${data.length} bytes to file ${path}\n`);
  wake(boot, folder);
  return path;
}

/** The bytes of a file. @throws Error when the variables are too large */
export function pack(pairs, body = '') {
  const parts = pairs.flat().flatMap((value) => {
    const bytes = bytesOf(value);
    const size = Buffer.alloc(2);
    size.writeUInt16LE(Math.min(bytes.length, MOST_VARS_BYTES));
    return [size, bytes];
  });
  const block = Buffer.concat(parts);
  if (block.length > MOST_VARS_BYTES) {
    throw new Error(
      `the variables of a task are at most ${MOST_VARS_BYTES} bytes and these are ${block.length}: put what is large into body`,
    );
  }
  const head = Buffer.alloc(4);
  head.writeUInt8(MODIFIER, 0);
  head.writeUInt16LE(block.length, 1);
  return Buffer.concat([head, block, bytesOf(body)]);
}

function bytesOf(value) {
  return typeof value === 'string' || typeof value === 'number' ? Buffer.from(String(value)) : Buffer.from(value);
}

function newName() {
  const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const rand = randomBytes(4).readUInt32LE() >>> 1;
  counter += 1;
  const time = `${Math.floor(micros / 1e6)}_${micros % 1e6}`;
  return `uwsgi_spoolfile_on_${hostname()}_${process.pid}_${counter}_${rand}_${time}`;
}

function folderOf(boot, wanted) {
  const folders = boot.spooler.folders.map(({ path }) => path);
  if (folders.length === 0)
    throw new Error("unable to spool job: there is no folder for tasks; add 'spooler-external'");
  if (wanted === undefined) return folders[0];
  const text = String(wanted);
  const path = isAbsolute(text) ? text : resolve(boot.chdir ?? '.', text);
  const found = /^\d+$/.test(text) ? folders[Number(text)] : folders.find((folder) => folder === path);
  if (found === undefined) throw new Error(`unable to spool job: ${text} is none of the folders ${folders.join(', ')}`);
  return found;
}

function priorityOf(wanted) {
  if (wanted === undefined || wanted === '') return '';
  if (/^\d{1,6}$/.test(String(wanted))) return String(wanted);
  throw new Error(`unable to spool job: the priority is a number from 0 to 999999, not '${wanted}'`);
}

function timeOf(value) {
  const seconds = Math.trunc(Number(value));
  if (Number.isSafeInteger(seconds)) return String(seconds);
  throw new Error(`unable to spool job: 'at' is a time in seconds, not '${value}'`);
}

/** The processes of the folder look into it now. One that is not there looks when it starts. */
function wake(boot, folder) {
  for (const { role, number, folder: its } of boot.companions) {
    if (role !== 'spooler' || its !== folder) continue;
    try {
      const fifo = join(dirname(boot.controlEndpoint), `spool-${number}`);
      const descriptor = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(descriptor, 'w');
      closeSync(descriptor);
    } catch {
      // Nobody reads there: it is between two processes.
    }
  }
}

function removeQuietly(path) {
  try {
    unlinkSync(path);
  } catch {
    // It was not made.
  }
}
