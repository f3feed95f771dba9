/** Names of the users of a machine, from its /etc/passwd; read once for each machine. */
import { CoreError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';

const MOST_BYTES = 1_000_000;
const known = new WeakMap<Machine, Map<number, string>>();

/** The number in words when it has no name there, or when the names can't be read. */
export async function findUserName(machine: Machine, uid: number): Promise<string> {
  let names = known.get(machine);
  if (names === undefined) {
    names = await readNames(machine);
    known.set(machine, names);
  }
  return names.get(uid) ?? `uid ${uid}`;
}

async function readNames(machine: Machine): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  let text = '';
  try {
    text = (await machine.files.readFile('/etc/passwd', MOST_BYTES)).toString('utf8');
  } catch (error) {
    // A machine without the file, or that hides it, shows numbers.
    if (!(error instanceof CoreError)) throw error;
  }
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}
