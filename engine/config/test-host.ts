/** A ConfigHost made of plain objects, for tests: files by absolute path, fixed facts of a machine. */
import { ALL_READERS } from './formats/all-readers.ts';
import { type ConfigHost, resolvePath } from './host.ts';
import { encodeText } from './text-bytes.ts';

export function memoryHost(files: Record<string, string>, env: Record<string, string> = {}): ConfigHost {
  const cwd = '/srv/app';
  const at = (path: string): string => resolvePath(cwd, path);
  const contents = new Map(Object.entries(files).map(([path, text]) => [at(path), text]));
  const folders = new Set([cwd]);
  for (const path of contents.keys()) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      folders.add(path.slice(0, slash));
    }
  }
  return {
    readFile: (path) => {
      if (folders.has(at(path))) return { ok: false, reason: 'is a folder' };
      const text = contents.get(at(path));
      return text === undefined ? { ok: false, reason: 'not found' } : { ok: true, bytes: encodeText(text) };
    },
    readStdin: () => ({ ok: true, bytes: encodeText('[uwsgi]\nfrom-stdin = 1\n') }),
    kindOf: (path) => (contents.has(at(path)) ? 'file' : folders.has(at(path)) ? 'folder' : null),
    realFolder: (path) => at(path),
    list: (path) => {
      const folder = at(path);
      const below = [...contents.keys(), ...folders].filter((name) => name.startsWith(`${folder}/`));
      return [...new Set(below.map((name) => name.slice(folder.length + 1).split('/')[0] ?? ''))];
    },
    inode: () => '42',
    env,
    cwd,
    hostname: 'web1',
    cpus: 4,
    uid: 1000,
    user: 'app',
    gid: 1000,
    group: 'app',
    binaryPath: '/usr/bin/reeve',
    version: '2.0.21',
    reloading: false,
    readers: ALL_READERS,
    nowMicros: () => 1_790_000_000_123_456,
  };
}
