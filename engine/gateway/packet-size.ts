/**
 * How long a uwsgi packet is that is no request. Behind its block nothing follows, but for the cache's commands `set` and
 * `update` (modifier1 111, modifier2 17), whose block says the size of the value. Pure; the Python half, for workers that
 * accept themselves, is resources/runtimes/python/reeve_packets.py.
 */
const HEADER_BYTES = 4;
const MODIFIER_CACHE = 111;
const CACHE_COMMAND = 17;
/** A value beyond this is refused whatever `limit-post` says: it is held in memory until it is whole. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/**
 * The packet's length, as far as `bytes` tell: at least the header must be there. -1: malformed, or over a limit.
 * @param limits of the block, and of the value behind it (0: none but the engine's own)
 */
export function packetBytes(bytes: Buffer, limits: { blockBytes: number; bodyBytes: number }): number {
  const blockBytes = bytes.readUInt16LE(1);
  if (blockBytes > limits.blockBytes) return -1;
  const blockEnd = HEADER_BYTES + blockBytes;
  const hasValue = bytes[0] === MODIFIER_CACHE && bytes[3] === CACHE_COMMAND;
  if (!hasValue || bytes.length < blockEnd) return blockEnd;
  const value = valueBytes(bytes, blockEnd);
  const most = limits.bodyBytes > 0 ? Math.min(limits.bodyBytes, MAX_VALUE_BYTES) : MAX_VALUE_BYTES;
  return value < 0 || value > most ? -1 : blockEnd + value;
}

function valueBytes(bytes: Buffer, blockEnd: number): number {
  const items = new Map<string, string>();
  for (let at = HEADER_BYTES; at < blockEnd; ) {
    const keyEnd = partEnd(bytes, at, blockEnd);
    const valueEnd = partEnd(bytes, keyEnd, blockEnd);
    if (keyEnd < 0 || valueEnd < 0) return -1;
    items.set(bytes.toString('latin1', at + 2, keyEnd), bytes.toString('latin1', keyEnd + 2, valueEnd));
    at = valueEnd;
  }
  const command = items.get('cmd');
  if (command !== 'set' && command !== 'update') return 0;
  const size = items.get('size') ?? '';
  return /^\d{1,15}$/.test(size) ? Number(size) : -1;
}

/** Where the part that begins at `at` ends; -1: behind the block. */
function partEnd(bytes: Buffer, at: number, blockEnd: number): number {
  if (at < 0 || at + 2 > blockEnd) return -1;
  const end = at + 2 + bytes.readUInt16LE(at);
  return end > blockEnd ? -1 : end;
}
