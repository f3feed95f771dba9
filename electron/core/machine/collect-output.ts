/** Turns a command that runs into its result: all output up to a limit, within a deadline. */
import type { Readable } from 'node:stream';
import { CoreError } from '../errors.ts';
import type { CommandOptions, CommandResult, RunningCommand } from './machine.ts';

/** Throws `command-failed` at the deadline or the limit; the command is ended then. `endsInput`: its input is not written yet. */
export async function collectOutput(
  program: string,
  command: RunningCommand,
  options: CommandOptions,
  { endsInput }: { endsInput: boolean } = { endsInput: true },
): Promise<CommandResult> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  const giveUp = (reason: string): void => {
    command.kill();
    reject(new CoreError('command-failed', { command: program, reason }));
  };
  const deadline = setTimeout(() => giveUp(`no end within ${options.deadlineMs / 1000} s`), options.deadlineMs);
  const tooMuch = (): void => giveUp(`it printed more than ${options.mostBytes} bytes`);
  const stdout = gather(command.stdout, options.mostBytes, tooMuch);
  const stderr = gather(command.stderr, options.mostBytes, tooMuch);
  // A command that does not read its input closes the pipe: its own exit tells the rest.
  command.stdin.on('error', () => {});
  if (endsInput) command.stdin.end(options.input ?? Buffer.alloc(0));
  try {
    const { code } = await Promise.race([command.ended, given]);
    return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
  } finally {
    clearTimeout(deadline);
  }
}

function gather(stream: Readable, mostBytes: number, onTooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) onTooMuch();
    else chunks.push(chunk);
  });
  stream.on('error', () => {});
  return chunks;
}
