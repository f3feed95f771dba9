/**
 * The scoreboard of workers that accept connections themselves: each writes a file (layout in
 * resources/runtimes/python/reeve_board.py), the master copies it to the worker's slots before it looks at them.
 */
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { EnvironEncoder } from '../gateway/environ.ts';
import { encodeUwsgiMessage } from '../gateway/uwsgi-message.ts';
import { APPS_SHOWN, appIndex, type Scoreboard, SlotField, slotIndex, VARS_BYTES } from '../scoreboard.ts';
import { boardPath } from './direct-boot.ts';

const ROW_BYTES = 17 * 4096;
const FIELDS = 16;
const FIELD_BYTES = FIELDS * 8;
const APPS_BYTES = APPS_SHOWN * 2 * 8;
const VARS_OFFSET = FIELD_BYTES + APPS_BYTES;

interface Rows {
  fd: number;
  slots: readonly number[];
}

export class WorkerBoards {
  readonly #board: Scoreboard;
  readonly #rows = new Map<number, Rows>();
  readonly #encoder = new EnvironEncoder('marshal');
  readonly #row = Buffer.alloc(VARS_OFFSET);
  readonly #numbers = new Float64Array(this.#row.buffer, this.#row.byteOffset, VARS_OFFSET / 8);

  constructor(board: Scoreboard) {
    this.#board = board;
  }

  /** The worker is connected: its file is there. From now on both have it without its name. */
  add(runFolder: string, spawnId: number, slots: readonly number[]): void {
    const path = boardPath(runFolder, spawnId);
    this.#rows.set(spawnId, { fd: openSync(path, 'r'), slots });
    unlinkSync(path);
  }

  /** The process is gone: what it had counted stays in its slots, and nothing runs there. */
  remove(spawnId: number): void {
    const rows = this.#rows.get(spawnId);
    if (rows === undefined) return;
    this.#copy(rows);
    for (const slot of rows.slots) this.#board.slots[slotIndex(slot, SlotField.requestId)] = 0;
    this.#rows.delete(spawnId);
    closeSync(rows.fd);
  }

  refresh(): void {
    for (const rows of this.#rows.values()) this.#copy(rows);
  }

  dispose(): void {
    for (const { fd } of this.#rows.values()) closeSync(fd);
    this.#rows.clear();
  }

  #copy({ fd, slots }: Rows): void {
    for (const [core, slot] of slots.entries()) {
      readSync(fd, this.#row, 0, VARS_OFFSET, core * ROW_BYTES);
      const length = this.#numbers[SlotField.varsLength] ?? 0;
      const fields = this.#numbers.subarray(0, FIELDS);
      const isRunning = fields[SlotField.requestId] !== 0;
      fields[SlotField.varsLength] = isRunning && length > 0 ? this.#copyVars(fd, core, slot, length) : 0;
      this.#board.slots.set(fields, slotIndex(slot, SlotField.requestId));
      this.#board.apps.set(this.#numbers.subarray(FIELDS), appIndex(slot, 0, 'requests'));
    }
  }

  /** As a gateway writes them; returns their length. The worker may begin its next request meanwhile: then there are none. */
  #copyVars(fd: number, core: number, slot: number, length: number): number {
    const message = Buffer.alloc(length);
    readSync(fd, message, 0, length, core * ROW_BYTES + VARS_OFFSET);
    if (encodeUwsgiMessage(this.#encoder, message, true) === null) return 0;
    const { writer } = this.#encoder;
    writer.finish();
    const vars = writer.bytes.subarray(0, writer.length);
    const shown = Math.min(vars.length, VARS_BYTES);
    this.#board.vars.set(vars.subarray(0, shown), slot * VARS_BYTES);
    return shown;
  }
}
