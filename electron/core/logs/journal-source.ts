/** The lines of one unit in systemd's journal, each once: the cursor of the last one says where to go on. */
import type { CommandSource } from './command-tail.ts';
import { decodeLine } from './log-text.ts';

export function journalSource(unit: string, backLines: number): CommandSource {
  let cursor: string | null = null;
  return {
    program: 'journalctl',
    logsToStderr: false,
    argv: () => [
      'journalctl',
      '-q',
      '-f',
      '-o',
      'json',
      '-u',
      unit,
      ...(cursor === null ? ['-n', String(backLines)] : ['--no-tail', `--after-cursor=${cursor}`]),
    ],
    read: (line) => {
      const entry = readEntry(line);
      if (entry === null) return null;
      cursor = entry.cursor;
      return { text: entry.text, atMs: entry.atMs };
    },
    explain: (lastWords, code) => ({
      reason: lastWords === '' ? `journalctl ended with ${code ?? 'a signal'}.` : `journalctl: ${lastWords}`,
      hint:
        code === 127
          ? 'There is no journalctl on that machine; choose another source.'
          : 'Users of the group systemd-journal or adm may read the journal of services.',
    }),
  };
}

interface JournalEntry {
  cursor: string;
  text: string;
  atMs: number | null;
}

/** An object of `-o json`; a message that is no UTF-8 comes as an array of bytes, one that is too long as null. */
export function readEntry(line: string): JournalEntry | null {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    // Cut off, or a word of journalctl's own.
    return null;
  }
  if (typeof entry !== 'object' || entry === null) return null;
  const fields = new Map<string, unknown>(Object.entries(entry));
  const cursor = fields.get('__CURSOR');
  if (typeof cursor !== 'string' || cursor === '') return null;
  const micros = fields.get('__REALTIME_TIMESTAMP');
  const message = fields.get('MESSAGE');
  return {
    cursor,
    text: textOf(message),
    atMs: typeof micros === 'string' && /^\d{1,19}$/.test(micros) ? Math.floor(Number(micros) / 1000) : null,
  };
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (!Array.isArray(message)) return 'a message that journalctl does not show';
  const bytes = message.filter((byte): byte is number => typeof byte === 'number');
  return decodeLine(Buffer.from(bytes));
}
