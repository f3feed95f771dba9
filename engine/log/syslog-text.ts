/**
 * Lines as syslog and the journal want them. Pure; sending is sinks.ts's business.
 *
 *   syslog   <PRIORITY>Mmm dd hh:mm:ss IDENT: text        (RFC 3164, as the C library and uWSGI's rsyslog send it)
 *   journal  MESSAGE=text LF PRIORITY=6 LF SYSLOG_IDENTIFIER=IDENT LF     (systemd's native protocol)
 */

import { bytesOf } from '../byte-text.ts';
import { strftime } from '../config/strftime.ts';

const INFO = 6;
/** The system's syslog cuts or refuses longer datagrams. */
const SYSLOG_BYTES = 8192;

export function syslogPriority(facility: number): number {
  return facility * 8 + INFO;
}

export function formatSyslog(line: string, priority: number, ident: string, nowMs: number): string {
  const head = `<${priority}>${strftime('%b %e %H:%M:%S', new Date(nowMs))} ${bytesOf(ident)}: `;
  return (head + withoutEnd(line)).slice(0, SYSLOG_BYTES);
}

/** Datagrams of at most `mostBytes`: the rest of a line is cut off, or follows under a head of its own. */
export function formatRsyslog(
  line: string,
  { priority, ident }: { priority: number; ident: string },
  { mostBytes, splits }: { mostBytes: number; splits: boolean },
  nowMs: number,
): string[] {
  const head = `<${priority}>${strftime('%b %e %H:%M:%S', new Date(nowMs))} ${bytesOf(ident)}: `;
  const text = withoutEnd(line);
  const room = Math.max(1, mostBytes - head.length);
  if (!splits || text.length <= room) return [head + text.slice(0, room)];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += room) parts.push(head + text.slice(at, at + room));
  return parts;
}

export function formatJournal(line: string, ident: string): string {
  const message = withoutEnd(line).replaceAll('\n', ' ');
  return `MESSAGE=${message}\nPRIORITY=${INFO}\nSYSLOG_IDENTIFIER=${bytesOf(ident)}\n`;
}

function withoutEnd(line: string): string {
  return line.endsWith('\n') ? line.slice(0, -1) : line;
}
