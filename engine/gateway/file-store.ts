/**
 * Files as they are found on disk: opened without waiting (no FIFO, no device), then held to be in their folder by what was
 * really opened, so that neither a link nor a file that is exchanged meanwhile leads anywhere else. What was found is known
 * by its identity from then on: one look at the file system for each request, no opening and no reading while it is the
 * same file. Small files are kept in memory. Paths are latin-1, a character a byte.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';

/** Larger files are read when they are sent. */
const SMALL_BYTES = 64 * 1024;
const MEMORY_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 8192;
/** The coarsest times that file systems give to changes (FAT); a kernel's own are as coarse as its clock ticks. */
const COARSEST_TIME_MS = 2000;
/** Windows has none of them; there a file can not be a FIFO. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** A file that lies where it may, as it was when it was looked at. */
export interface FoundFile {
  readonly path: string;
  readonly size: number;
  /** Epoch seconds, whole as clients see them. */
  readonly modifiedSeconds: number;
  /** Strong (RFC 9110 section 8.8.3), from the time of the last change and the size as nginx's. */
  readonly etag: string;
  /** All of it; null: it is too large to be kept. */
  readonly content: Buffer | null;
}

/** `exhausted`: there may be one, the process has no descriptor left to see. */
export type Found = FoundFile | 'folder' | 'exhausted' | null;

interface Entry extends FoundFile {
  readonly root: string | null;
  readonly stats: Stats;
  /** What is kept of it is as it will be until its times change. */
  readonly isSettled: boolean;
}

interface OpenFile {
  fd: number;
  users: number;
}

export class FileStore {
  readonly #safeFolders: readonly string[];
  readonly #escaped: (path: string, root: string) => void;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  /** Files that are being sent: many clients share one descriptor. */
  readonly #open = new Map<FoundFile, OpenFile>();

  /**
   * @param safeFolders further folders that links may lead to
   * @param escaped told when a path led out of its folder
   */
  constructor(safeFolders: readonly string[], escaped: (path: string, root: string) => void) {
    this.#safeFolders = safeFolders;
    this.#escaped = escaped;
  }

  /** Looks for a file that lies in `root` or is `root`; null: it may lie anywhere. */
  find(path: string, root: string | null): Found {
    const stats = look(path);
    if (stats === null) return null;
    const known = this.#entries.get(path);
    if (known !== undefined) {
      this.#entries.delete(path);
      if (known.root === root && known.isSettled && isSame(known.stats, stats)) {
        this.#entries.set(path, known);
        return known;
      }
      this.#bytes -= known.content?.length ?? 0;
    }
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? this.#read(path, root) : null;
  }

  /** A descriptor to read the file by, until `close`; null: it is gone, or another one stands in its place. */
  open(file: FoundFile): number | null {
    const shared = this.#open.get(file);
    if (shared !== undefined) {
      shared.users++;
      return shared.fd;
    }
    const fd = openFile(file.path);
    if (typeof fd !== 'number') return null;
    const known = this.#entries.get(file.path);
    if (known === undefined || !isSame(known.stats, fstatSync(fd))) {
      closeSync(fd);
      return null;
    }
    this.#open.set(file, { fd, users: 1 });
    return fd;
  }

  close(file: FoundFile): void {
    const shared = this.#open.get(file);
    if (shared === undefined || --shared.users > 0) return;
    this.#open.delete(file);
    closeSync(shared.fd);
  }

  #read(path: string, root: string | null): Found {
    const fd = openFile(path);
    if (typeof fd !== 'number') return fd;
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return null;
      if (root !== null && !this.#isInside(fd, path, stats, root)) {
        this.#escaped(path, root);
        return null;
      }
      const content = stats.size <= SMALL_BYTES ? readWhole(fd, stats.size) : null;
      const size = content?.length ?? stats.size;
      const modified = Math.floor(stats.mtimeMs);
      const entry: Entry = {
        path,
        root,
        stats,
        size,
        content,
        modifiedSeconds: Math.floor(modified / 1000),
        etag: `"${modified.toString(16)}-${size.toString(16)}"`,
        isSettled: content === null || isSettled(stats, Date.now()),
      };
      this.#keep(entry);
      return entry;
    } finally {
      closeSync(fd);
    }
  }

  #keep(entry: Entry): void {
    this.#entries.set(entry.path, entry);
    this.#bytes += entry.content?.length ?? 0;
    for (const [path, oldest] of this.#entries) {
      if (this.#bytes <= MEMORY_BYTES && this.#entries.size <= MAX_FILES) break;
      this.#entries.delete(path);
      this.#bytes -= oldest.content?.length ?? 0;
    }
  }

  #isInside(fd: number, path: string, stats: Stats, root: string): boolean {
    const real = realPathOf(fd, path, stats);
    if (real === null) return false;
    return [root, ...this.#safeFolders].some((folder) => {
      const realFolder = realPath(folder);
      if (realFolder === null) return false;
      return real === realFolder || real.startsWith(realFolder.endsWith('/') ? realFolder : `${realFolder}/`);
    });
  }
}

/** A path of latin-1 characters as the file system takes it. */
function named(path: string): string | Buffer {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  return /^[\x00-\x7f]*$/.test(path) ? path : Buffer.from(path, 'latin1');
}

function look(path: string): Stats | null {
  try {
    return statSync(named(path), { throwIfNoEntry: false }) ?? null;
  } catch {
    // A folder on the way that may not be entered, a name that is too long: no file of ours.
    return null;
  }
}

function openFile(path: string): number | 'exhausted' | null {
  try {
    return openSync(named(path), FLAGS);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // Not to be read, or gone since: as uWSGI the application decides.
    return code === 'EMFILE' || code === 'ENFILE' ? 'exhausted' : null;
  }
}

/** Where the opened file really is; null: not to be told, so it counts as elsewhere. */
function realPathOf(fd: number, path: string, stats: Stats): string | null {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/self/fd/${fd}`, 'latin1');
  } catch {
    // No /proc in here: the path is walked instead, and must lead to what was opened.
  }
  const real = realPath(path);
  const there = real === null ? null : look(real);
  return there !== null && there.ino === stats.ino && there.dev === stats.dev ? real : null;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(named(path), 'latin1');
  } catch {
    return null;
  }
}

function readWhole(fd: number, size: number): Buffer {
  const content = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const read = readSync(fd, content, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return content.subarray(0, length);
}

/**
 * Had the file, when it was read, been left alone for so long that whatever is written later has another time? Changes
 * within a tick of the clock have the same one.
 */
export function isSettled({ ctimeMs }: Pick<Stats, 'ctimeMs'>, readMs: number): boolean {
  return readMs - ctimeMs > COARSEST_TIME_MS;
}

function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.dev === b.dev;
}
