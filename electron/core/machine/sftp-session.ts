/**
 * Requests over SFTP to a host behind SSH: the session is opened with the first of them and ended when none came for a
 * little while, for a server grants a connection few. What the server refuses is an SftpFailure; what says that it does
 * not answer is a CoreError that names the host.
 */
import type { FileEntry, SFTPWrapper, Stats } from 'ssh2';
import { CoreError, describe } from '../errors.ts';

const DEADLINE_MS = 10_000;
const IDLE_MS = 2_000;
/** Every server takes and gives so much at once (draft-ietf-secsh-filexfer-02, section 3). */
const CHUNK_BYTES = 32 * 1024;
/** Requests of one transfer that are on the way at once. */
const MOST_AT_ONCE = 16;

/** Status codes of the protocol that mean the same in the words of the system. */
const WORDS = new Map([
  [2, 'No such file or directory'],
  [3, 'Permission denied'],
]);

/** The server refused; the message is in the system's words as far as it gives any (`Failure` is all it may say). */
export class SftpFailure extends Error {
  readonly isMissing: boolean;
  /** It has no such request. */
  readonly isUnsupported: boolean;

  constructor(code: unknown, message: string) {
    super((typeof code === 'number' ? WORDS.get(code) : undefined) ?? message);
    this.isMissing = code === 2;
    this.isUnsupported = code === 8;
  }
}

type Answer<T> = (error: Error | null | undefined, value: T) => void;

export class SftpSession {
  readonly #name: string;
  readonly #open: () => Promise<SFTPWrapper>;
  #session: Promise<SFTPWrapper> | null = null;
  readonly #pending = new Set<(error: CoreError) => void>();
  #idle: NodeJS.Timeout | undefined;

  /** `name`: the host, for what is told when it does not answer. */
  constructor(name: string, open: () => Promise<SFTPWrapper>) {
    this.#name = name;
    this.#open = open;
  }

  async stat(path: string): Promise<Stats> {
    return this.#ask((sftp, answer: Answer<Stats>) => sftp.stat(path, answer));
  }

  /** With links followed. */
  async realPath(path: string): Promise<string> {
    return this.#ask((sftp, answer: Answer<string>) => sftp.realpath(path, answer));
  }

  async readLink(path: string): Promise<string> {
    return this.#ask((sftp, answer: Answer<string>) => sftp.readlink(path, answer));
  }

  /** Without `.` and `..`. */
  async list(folder: string): Promise<FileEntry[]> {
    return this.#ask((sftp, answer: Answer<FileEntry[]>) => sftp.readdir(folder, answer));
  }

  /** Its bytes, or of a longer file the first `mostBytes` and at least one more. */
  async read(path: string, mostBytes: number): Promise<Buffer> {
    const handle = await this.open(path, 'r');
    try {
      const { size } = await this.statHandle(handle);
      const chunks: Buffer[] = [];
      for (let at = 0; at <= mostBytes; ) {
        const rest = Math.min(size, mostBytes + 1) - at;
        const count = Math.max(1, Math.min(MOST_AT_ONCE, Math.ceil(rest / CHUNK_BYTES)));
        const offsets = Array.from({ length: count }, (_, i) => at + i * CHUNK_BYTES);
        const parts = await Promise.all(offsets.map(async (offset) => this.#readChunk(handle, offset)));
        // What follows a short part was read from too far on.
        const short = parts.findIndex((part) => part.length < CHUNK_BYTES);
        const whole = short < 0 ? parts : parts.slice(0, short + 1);
        const bytes = whole.reduce((sum, part) => sum + part.length, 0);
        chunks.push(...whole);
        at += bytes;
        // Files of /proc have no size: they end where nothing more comes.
        if (bytes === 0 || (short >= 0 && size > 0 && at >= size)) break;
      }
      return Buffer.concat(chunks);
    } finally {
      // Nobody waits for it; a session that ends closes it, too.
      this.close(handle).catch(() => {});
    }
  }

  /** `wx` makes a file, for its owner only, where there is nothing of that name; `r+` changes nothing by itself. */
  async open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<Buffer> {
    return this.#ask((sftp, answer: Answer<Buffer>) => sftp.open(path, flags, flags === 'wx' ? 0o600 : 0, answer));
  }

  async write(handle: Buffer, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += MOST_AT_ONCE * CHUNK_BYTES) {
      const offsets = Array.from({ length: MOST_AT_ONCE }, (_, i) => at + i * CHUNK_BYTES);
      const within = offsets.filter((offset) => offset < bytes.length);
      await Promise.all(
        within.map(async (offset) => {
          const length = Math.min(CHUNK_BYTES, bytes.length - offset);
          await this.#do((sftp, answer) => sftp.write(handle, bytes, offset, length, offset, answer));
        }),
      );
    }
  }

  async statHandle(handle: Buffer): Promise<Stats> {
    return this.#ask((sftp, answer: Answer<Stats>) => sftp.fstat(handle, answer));
  }

  async setOwner(handle: Buffer, uid: number, gid: number): Promise<void> {
    await this.#do((sftp, answer) => sftp.fsetstat(handle, { uid, gid }, answer));
  }

  async setMode(handle: Buffer, mode: number): Promise<void> {
    await this.#do((sftp, answer) => sftp.fsetstat(handle, { mode }, answer));
  }

  /** Onto the disk (fsync@openssh.com), where the server can do that. */
  async flush(handle: Buffer): Promise<void> {
    try {
      await this.#do((sftp, answer) => sftp.ext_openssh_fsync(handle, answer));
    } catch (error) {
      if (!(error instanceof SftpFailure) || !error.isUnsupported) throw error;
    }
  }

  async close(handle: Buffer): Promise<void> {
    await this.#do((sftp, answer) => sftp.close(handle, answer));
  }

  async remove(path: string): Promise<void> {
    await this.#do((sftp, answer) => sftp.unlink(path, answer));
  }

  /** Fails when there is something of the new name. */
  async rename(from: string, to: string): Promise<void> {
    await this.#do((sftp, answer) => sftp.rename(from, to, answer));
  }

  /** Takes the place of what has the new name (posix-rename@openssh.com). */
  async renameOver(from: string, to: string): Promise<void> {
    await this.#do((sftp, answer) => sftp.ext_openssh_rename(from, to, answer));
  }

  async #readChunk(handle: Buffer, offset: number): Promise<Buffer> {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const count = await this.#ask((sftp, answer: Answer<number>) =>
      sftp.read(handle, buffer, 0, CHUNK_BYTES, offset, (error, bytesRead) => answer(error, bytesRead)),
    );
    return buffer.subarray(0, count);
  }

  async #do(start: (sftp: SFTPWrapper, answer: (error: Error | null | undefined) => void) => void): Promise<void> {
    await this.#ask((sftp, answer: Answer<void>) => start(sftp, (error) => answer(error, undefined)));
  }

  async #ask<T>(start: (sftp: SFTPWrapper, answer: Answer<T>) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#pending.add(reject);
    clearTimeout(this.#idle);
    const late = setTimeout(() => this.#fail(this.#silent(`no answer within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
    try {
      const sftp = await Promise.race([this.#opened(), promise.then(never)]);
      start(sftp, (error, value) => {
        if (!error) resolve(value);
        else if (!('code' in error)) reject(this.#silent('the connection was lost'));
        else reject(new SftpFailure(error.code, error.message));
      });
      return await promise;
    } catch (error) {
      // Thrown by ssh2 for what the server has not: an extension.
      if (error instanceof SftpFailure || error instanceof CoreError) throw error;
      throw new SftpFailure(8, describe(error));
    } finally {
      clearTimeout(late);
      this.#pending.delete(reject);
      if (this.#pending.size === 0) this.#armIdle();
    }
  }

  async #opened(): Promise<SFTPWrapper> {
    if (this.#session !== null) return this.#session;
    const session = this.#open();
    this.#session = session;
    const gone = (): void => {
      if (this.#session === session) this.#session = null;
    };
    try {
      const sftp = await session;
      sftp.once('close', () => {
        if (this.#session === session) this.#fail(this.#silent('the connection was lost'));
      });
    } catch {
      // Whoever waits for it is told.
      gone();
    }
    return session;
  }

  #silent(reason: string): CoreError {
    return new CoreError('ssh-look', { host: this.#name, reason });
  }

  #armIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#end(), IDLE_MS);
    this.#idle.unref();
  }

  #fail(error: CoreError): void {
    this.#end();
    for (const reject of this.#pending) reject(error);
  }

  #end(): void {
    const session = this.#session;
    this.#session = null;
    // One that could not be opened has no end.
    session?.then((sftp) => sftp.end()).catch(() => {});
  }
}

/** Of a promise that only rejects in time. */
function never(): never {
  throw new Error('answered before it was asked');
}
