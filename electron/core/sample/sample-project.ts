/**
 * The sample project of the first start: copied from the package into the data folder, where its user may edit it,
 * and moved to free ports when its own are taken. The Python one where there is a python3, else the JavaScript one.
 */
import { constants } from 'node:fs';
import { access, cp, mkdir, readFile, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { CoreError } from '../errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { findFreePort, isPortFree } from './free-port.ts';

export interface SampleFolders {
  resourcesFolder: string;
  dataFolder: string;
  /** PATH to look for python3 in. */
  path: string;
}

/** Makes the copy if it is not there; gives the path of its configuration file. Throws `sample-missing`. */
export async function ensureSample({ resourcesFolder, dataFolder, path }: SampleFolders): Promise<string> {
  const folder = join(dataFolder, 'samples', 'hello');
  const configPath = join(folder, 'uwsgi.ini');
  if (await exists(configPath)) return configPath;
  const source = join(
    resourcesFolder,
    'samples',
    (await findProgram('python3', path)) === null ? 'hello-js' : 'hello-python',
  );
  if (!(await exists(join(source, 'uwsgi.ini')))) throw new CoreError('sample-missing');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await cp(source, folder, { recursive: true, force: false });
  return configPath;
}

/** Changes the ports of the file that are in use; gives a sentence for each change. */
export async function moveToFreePorts(configPath: string): Promise<string[]> {
  const text = await readFile(configPath, 'utf8');
  const taken = new Set<number>();
  const notes: string[] = [];
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const listener = parseListenerLine(line);
    if (listener === null) {
      lines.push(line);
      continue;
    }
    const { option, host, port, before, after } = listener;
    if (!taken.has(port) && (await isPortFree(host, port))) {
      taken.add(port);
      lines.push(line);
      continue;
    }
    const free = await findFreePort(host, port + 1, taken);
    taken.add(free);
    notes.push(`Port ${port} is in use: ${option} is ${host}:${free} now.`);
    lines.push(`${before}${host}:${free}${after}`);
  }
  if (notes.length > 0) {
    const { mode } = await stat(configPath);
    await writeFileAtomically(configPath, lines.join('\n'), { mode: mode & 0o777 });
  }
  return notes;
}

interface ListenerLine {
  option: string;
  host: string;
  port: number;
  before: string;
  after: string;
}

/** `http-socket = 127.0.0.1:8080`; null for lines that are no such listener. */
export function parseListenerLine(line: string): ListenerLine | null {
  const match = /^(\s*(http|http-socket|socket|stats)\s*=\s*)([\w.-]+):(\d{1,5})(\s*)$/.exec(line);
  if (match === null) return null;
  const [, before = '', option = '', host = '', port = '', after = ''] = match;
  return { option, host, port: Number(port), before, after };
}

/** Path of a program on PATH; null when there is none. */
export async function findProgram(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
