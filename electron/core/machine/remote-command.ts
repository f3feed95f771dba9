/**
 * How a program is started on a host by SSH. A server hands a command to the login shell of its user, whichever that
 * is, so what is sent there is one fixed text that sh, bash, dash, fish and csh read alike: it makes /bin/sh take one
 * line from standard input, decode it and carry it out. What comes after that line is the standard input of the rest.
 *
 *   REMOTE_SHELL        the command of the session channel
 *   <escaped script>\n  first line of its input: printable ASCII only, read byte by byte, so that nothing more is taken
 *   <bytes>             what the script reads
 *
 * Pure.
 */

import { OUTPUT_MARK } from './after-mark.ts';

/** Anything else than this is never a command of ours, but for ssh's own subsystems. */
export const REMOTE_SHELL = `exec /bin/sh -c 'IFS= read -r l && eval "$(printf %b "$l")"'`;

/** The first line of the input: a script, which may hold any byte but NUL. */
export function scriptLine(script: string): string {
  return `${escapeBytes(Buffer.from(script))}\n`;
}

/** As `printf %b` gives it back, in printable ASCII. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
    text += isPlain ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}

/** One word of the shell's, whatever it is made of. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Programs of the system's own are found, too, where the PATH of a session has none of their folders. */
const FIND_ALL = 'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH';

/** The program is not there, as a shell says it. */
export const NOT_FOUND_CODE = 127;

/** The input did not come whole: nothing was run. */
export const INPUT_CUT_CODE = 125;

/**
 * Runs a program under guard: when the channel's input ends (closed by us, or with the connection) the program is
 * ended, also one that never writes, such as the tail of a quiet file. `inputLength` is that of its escaped input, which
 * follows the script; a program whose input was cut short on the way is not run at all. Ends with the program's exit
 * code, or 128 and the signal's number for one that a signal ended.
 */
export function guardedScript(argv: readonly string[], inputLength: number, sudo: boolean): string {
  const words = argv.map(quote).join(' ');
  const program = sudo ? `sudo -n -- ${words}` : words;
  return [
    `printf %s ${quote(OUTPUT_MARK)}; printf %s ${quote(OUTPUT_MARK)} >&2`,
    FIND_ALL,
    `command -v ${sudo ? 'sudo' : quote(argv[0] ?? '')} >/dev/null 2>&1 || exit ${NOT_FOUND_CODE}`,
    ...(inputLength === 0
      ? ['exec 3<&0', `${program} </dev/null 3<&- & p=$!`]
      : [
          `i=$(head -c ${inputLength}); [ \${#i} -eq ${inputLength} ] || exit ${INPUT_CUT_CODE}`,
          'exec 3<&0',
          `printf %b "$i" 3<&- | ${program} 3<&- & p=$!`,
        ]),
    '{ cat <&3; kill $p; sleep 1; kill -9 $p; } >/dev/null 2>&1 & g=$!',
    'exec 3<&- </dev/null',
    'wait $p; c=$?; kill $g; exit $c',
  ].join('\n');
}
