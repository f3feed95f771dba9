/** Entry of the utility process that runs the bundled engine: signals arrive as messages of the host. */

const SIGNALS: ReadonlySet<unknown> = new Set(['SIGINT', 'SIGHUP']);

process.parentPort?.on('message', ({ data }) => {
  if (isSignal(data)) process.emit(data, data);
});

function isSignal(data: unknown): data is NodeJS.Signals {
  return SIGNALS.has(data);
}

const { runEngineCommand } = await import('../cli/engine-command.ts');
process.exit(await runEngineCommand(process.argv.slice(2)));
