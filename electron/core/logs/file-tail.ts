/**
 * Follows a log file by looks (file-look.ts), each byte once: a file that was moved away is read to its end, also what
 * is written to it until the server opens the new one, those that came and went since, and the new one from its start. The place is kept here, so
 * that a lost connection costs time and no lines.
 */
import { toErrorData } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { type Advance, FileCursor } from './file-cursor.ts';
import { type Look, lookIntoFile } from './file-look.ts';
import { parseZone } from './line-time.ts';
import { type LogTail, retryAfterMs, type TailSink } from './log-tail.ts';

export interface FileTailOptions {
  machine: Machine;
  path: string;
  clock: Clock;
  /** How much of what is there already is read. */
  backBytes: number;
  sink: TailSink;
}

const LOOK_EVERY_MS = { here: 400, there: 800 };
/** At most ten times a second, so at most 10 MiB/s: what comes faster is left out, and said. */
const LOOK_AGAIN_MS = 100;
/**
 * So many lines are handed on at once, and the rest a moment later: what a slow link brings in one go would push lines
 * out of the ring before its readers have seen them. The file keeps what is not read yet.
 */
const LINES_AT_ONCE = 1_000;
const HAND_ON_EVERY_MS = 100;
/** Servers go on writing to a file that was moved away until they are told to open the new one. */
const FOLLOW_OLD_MS = 60_000;
const MOST_FINISHED = 20;

interface OldFile {
  cursor: FileCursor;
  untilMs: number;
}

export class FileTail implements LogTail {
  readonly #options: FileTailOptions;
  #current: FileCursor | null = null;
  #old: OldFile[] = [];
  /** Where files that nothing more is expected of were read to, by inode: none is read twice. */
  readonly #finished = new Map<string, FileCursor>();
  /** The next file that appears is new: it is read from its beginning. */
  #sawNothing = false;
  #failures = 0;
  #cancelTimer: (() => void) | null = null;
  /** What the last look found and was not handed on yet. */
  #found: (() => void)[] = [];
  #disposed = false;

  constructor(options: FileTailOptions) {
    this.#options = options;
    this.#schedule(0);
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancelTimer?.();
  }

  #schedule(ms: number): void {
    if (this.#disposed) return;
    this.#cancelTimer = this.#options.clock.setTimer(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const { machine, sink } = this.#options;
    try {
      const more = await this.#readAndHandOn();
      if (this.#disposed) return;
      this.#failures = 0;
      const usualMs = machine.isLocal ? LOOK_EVERY_MS.here : LOOK_EVERY_MS.there;
      this.#schedule(more ? LOOK_AGAIN_MS : usualMs);
    } catch (error) {
      if (this.#disposed) return;
      const { message, hint } = toErrorData(error);
      sink.onWaiting(message, hint);
      this.#schedule(retryAfterMs(this.#failures));
      this.#failures += 1;
    }
  }

  /** What an old file said counts also when the new one could not be read. */
  async #readAndHandOn(): Promise<boolean> {
    try {
      return await this.#readAll();
    } finally {
      await this.#handOn();
    }
  }

  async #handOn(): Promise<void> {
    const found = this.#found;
    this.#found = [];
    for (const [i, give] of found.entries()) {
      if (i > 0) await this.#wait(HAND_ON_EVERY_MS);
      if (this.#disposed) return;
      give();
    }
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#cancelTimer = this.#options.clock.setTimer(resolve, ms);
    await promise;
  }

  /** True: there is more to read already. */
  async #readAll(): Promise<boolean> {
    for (const old of this.#old.slice()) {
      const look = await this.#ask(old.cursor.from);
      if (this.#disposed) return false;
      // What was written later is read later.
      if (this.#takeOld(old, look)) return true;
    }
    const look = await this.#ask(this.#current?.from ?? { backBytes: this.#sawNothing ? 0 : this.#options.backBytes });
    if (this.#disposed) return false;
    return this.#takeCurrent(look);
  }

  async #ask(from: Parameters<typeof lookIntoFile>[2]): Promise<Look> {
    return lookIntoFile(this.#options.machine, this.#options.path, from);
  }

  #takeOld(old: OldFile, look: Look): boolean {
    const { clock } = this.#options;
    const advance = look.status === 'read' ? old.cursor.advance(look) : null;
    if (advance?.type === 'lines') {
      this.#give(advance, false);
      if (advance.bytes > 0) old.untilMs = clock.now() + FOLLOW_OLD_MS;
    }
    // Cut: another file has its inode now, or it was written anew.
    if (advance?.type === 'cut' || advance?.more === true) return true;
    if (advance === null || clock.now() >= old.untilMs) {
      this.#giveLines(old.cursor.end(), false);
      this.#finish(old);
    }
    return false;
  }

  #finish(old: OldFile): void {
    this.#old = this.#old.filter((other) => other !== old);
    this.#finished.set(old.cursor.inode, old.cursor);
    const [oldest] = this.#finished.keys();
    if (this.#finished.size > MOST_FINISHED && oldest !== undefined) this.#finished.delete(oldest);
  }

  #isOld(inode: string): boolean {
    return this.#old.some(({ cursor }) => cursor.inode === inode);
  }

  #takeCurrent(look: Look): boolean {
    const { sink, clock, path } = this.#options;
    if (look.status === 'read') {
      sink.onZone(parseZone(look.zone) ?? 0);
      sink.onFollowing();
    }
    const cursor = this.#current;
    if (cursor === null) return this.#begin(look);
    if (look.status === 'unreadable' || look.status === 'other') {
      this.#cannot(look.status);
      return false;
    }
    if (look.status !== 'read') {
      this.#lost(cursor);
      return look.pathInode !== '0';
    }
    const advance = cursor.advance(look);
    if (advance.type === 'cut') {
      this.#note(`${path} was cut and is read from its beginning. Lines written just before that may be missing.`);
      return true;
    }
    this.#give(advance, false);
    // Moved away: its rest comes first, and as long as nothing is there in its place it stays the current one.
    if (advance.more || look.pathInode === cursor.inode || look.pathInode === '0') return advance.more;
    const untilMs = clock.now() + FOLLOW_OLD_MS;
    const missed = look.between
      .filter((inode) => inode !== look.pathInode && !this.#isOld(inode))
      .map((inode) => this.#finished.get(inode) ?? new FileCursor(inode, 0, false));
    this.#old.push(...[cursor, ...missed].map((one) => ({ cursor: one, untilMs })));
    this.#current = new FileCursor(look.pathInode, 0, false);
    this.#note(
      missed.length === 0
        ? `${path} was rotated; the new file is read from its beginning.`
        : `${path} was rotated ${missed.length + 1} times; all files since then are read.`,
    );
    return true;
  }

  #begin(look: Look): boolean {
    if (look.status !== 'read') {
      this.#sawNothing = look.status === 'missing' || look.status === 'gone';
      this.#cannot(look.status);
      return false;
    }
    const isNew = this.#sawNothing;
    this.#current = new FileCursor(look.inode, isNew ? 0 : look.offset, !isNew && look.offset > 0);
    if (isNew) return true;
    const advance = this.#current.begin(look);
    if (advance.type === 'lines') this.#give(advance, true);
    return advance.type === 'lines' && advance.more;
  }

  /** The file was removed, or moved to another folder. */
  #lost(cursor: FileCursor): void {
    this.#giveLines(cursor.end(), false);
    this.#current = null;
    this.#sawNothing = true;
    this.#note(`${this.#options.path} was removed. Lines written after the last look at it may be missing.`);
  }

  #cannot(status: 'gone' | 'missing' | 'other' | 'unreadable'): void {
    const { sink, path } = this.#options;
    if (status === 'other') {
      sink.onWaiting(`${path} is not a file.`, 'A log is read from files, journald or docker. Choose another source.');
    } else if (status === 'unreadable') {
      sink.onWaiting(
        `This user may not read ${path}.`,
        'Sign in as the user of the server, or give the file a group that both are in (logfile-chmod, logfile-chown).',
      );
    } else {
      sink.onWaiting(`${path} does not exist.`, 'It is read from its beginning once it is there.');
    }
  }

  #give(advance: Extract<Advance, { type: 'lines' }>, isBacklog: boolean): void {
    const { sink, path } = this.#options;
    if (advance.leftOutBytes > 0) {
      this.#note(`${path} grows faster than it is read: ${advance.leftOutBytes} bytes are left out here.`);
    }
    if (advance.bytes > 0) sink.onBytes(advance.bytes);
    this.#giveLines(advance.lines, isBacklog);
  }

  /** The newest of those that were there already are awaited, and the ring has room for them. */
  #giveLines(texts: string[], isBacklog: boolean): void {
    const lines = texts.map((text) => ({ text, atMs: null }));
    const { sink } = this.#options;
    if (isBacklog && lines.length > 0) {
      sink.onLines(lines, true);
      return;
    }
    for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
      const some = lines.slice(at, at + LINES_AT_ONCE);
      this.#found.push(() => sink.onLines(some, false));
    }
  }

  #note(text: string): void {
    this.#found.push(() => this.#options.sink.onNote(text));
  }
}
