/** The engine's entry: `node engine/main.ts app.ini`. Imports the engine itself once the compile cache is on. */
import { keepCompiledCode } from './compile-cache.ts';

keepCompiledCode();
const { runEngine } = await import('./run-engine.ts');
process.exitCode = await runEngine(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
});
