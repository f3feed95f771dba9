/**
 * The file of a spooled task, as uWSGI and the bundled engine write it:
 *
 *   offset 0         11 len16le 00             modifier 17, length of the variables
 *          4         (len16le key len16le value)*
 *          4 + len   body                      up to the end of the file
 *
 * Reads the beginning of such a file. Nothing in it is trusted: a length that points beyond its block ends the reading
 * and is told, and what came before it is kept. Pure; it never throws.
 */

const HEAD_BYTES = 4;
const SPOOL_MODIFIER = 17;
/** More than a block of 64 KiB can hold are no variables. */
export const MOST_VARIABLES = 1_000;

export interface SpoolPacket {
  vars: { key: Buffer; value: Buffer }[];
  /** As much of it as was given. */
  body: Buffer;
  bodySizeBytes: number;
  /** Why it is no whole task; null: it is one. */
  damage: string | null;
}

/** `head`: the first bytes of the file, at least its variables where it has as many; `sizeBytes`: of the whole file. */
export function parseSpoolPacket(head: Buffer, sizeBytes: number): SpoolPacket {
  const nothing: SpoolPacket = { vars: [], body: head, bodySizeBytes: sizeBytes, damage: null };
  if (sizeBytes === 0)
    return { ...nothing, damage: 'The file is empty: it is being written, or its writer was killed.' };
  if (head.length < HEAD_BYTES) return { ...nothing, damage: `It has ${sizeBytes} bytes, fewer than a header.` };
  const modifier = head.readUInt8(0);
  const length = head.readUInt16LE(1);
  const end = HEAD_BYTES + length;
  if (end > sizeBytes) {
    const damage = `Its variables should take ${length} bytes, and the file ends after ${sizeBytes - HEAD_BYTES}.`;
    return { ...readVars(head.subarray(HEAD_BYTES)), body: Buffer.alloc(0), bodySizeBytes: 0, damage };
  }
  const read = readVars(head.subarray(HEAD_BYTES, end));
  const wrongModifier =
    modifier === SPOOL_MODIFIER ? null : `Its first byte is ${modifier}; a task has ${SPOOL_MODIFIER}.`;
  return {
    vars: read.vars,
    body: head.subarray(Math.min(end, head.length)),
    bodySizeBytes: sizeBytes - end,
    damage: read.damage ?? wrongModifier,
  };
}

function readVars(block: Buffer): Pick<SpoolPacket, 'vars' | 'damage'> {
  const vars: SpoolPacket['vars'] = [];
  let at = 0;
  const take = (): Buffer | null => {
    if (at + 2 > block.length) return null;
    const from = at + 2;
    const to = from + block.readUInt16LE(at);
    if (to > block.length) return null;
    at = to;
    return block.subarray(from, to);
  };
  while (at < block.length) {
    const begun = at;
    const key = take();
    const value = key === null || key.length === 0 ? null : take();
    if (key === null || value === null) {
      return { vars, damage: `Its variables break off at byte ${HEAD_BYTES + begun}: a length there is wrong.` };
    }
    if (vars.length >= MOST_VARIABLES) return { vars, damage: `It has more than ${MOST_VARIABLES} variables.` };
    vars.push({ key, value });
  }
  return { vars, damage: null };
}
