/**
 * How the engine starts itself anew, in the background or as a vassal: the command it runs by, without its own arguments.
 */

/** null: it can not, because another program (the packaged application) runs it. */
export function ownProgram(argv: readonly string[]): string[] | null {
  const command = process.argv.slice(1);
  const words = command.length - argv.length;
  const isWholeCommand = words > 0 && argv.every((word, index) => word === command[words + index]);
  if (process.versions['electron'] !== undefined || !isWholeCommand) return null;
  return [process.execPath, ...process.execArgv, ...command.slice(0, words)];
}
