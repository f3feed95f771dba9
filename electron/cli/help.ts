/** Help texts, made from the table of commands: the list, and one command wrapped at 80 columns. */
import { COMMANDS, type Command } from './commands.ts';

const WIDTH = 80;

/** `reeve help`. */
export function helpList(): string[] {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'Reeve: a console for uWSGI with a server engine in the box.',
    '',
    'Usage: reeve COMMAND [arguments]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    '`reeve help COMMAND` says more. `reeve --version` prints the version.',
    'Exit codes: 0 done, 1 it failed, 2 wrong usage, 78 bad configuration.',
  ];
}

/** `reeve help COMMAND`. */
export function helpFor(command: Command): string[] {
  const flags = command.flags.map(({ name, value, short, help }) => ({
    left: `  ${short === undefined ? '' : `-${short}, `}--${name}${value === null ? '' : ` ${value}`}`,
    help,
  }));
  const width = Math.max(0, ...flags.map(({ left }) => left.length));
  return [
    usageLine(command),
    '',
    ...wrap(command.summary, WIDTH),
    ...(flags.length > 0 ? [''] : []),
    ...flags.flatMap(({ left, help }) =>
      wrap(help, WIDTH - width - 2).map((line, i) => `${(i === 0 ? left : '').padEnd(width)}  ${line}`),
    ),
    ...command.details.flatMap((paragraph) => ['', ...wrap(paragraph, WIDTH)]),
  ];
}

export function usageLine(command: Command | null): string {
  return `Usage: reeve ${command === null ? 'COMMAND [arguments]' : command.usage}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
