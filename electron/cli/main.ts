/** Entry of the `reeve` command. Imports the commands once the compile cache is on: a start takes half as long. */
import { keepCompiledCode } from '../../engine/compile-cache.ts';

keepCompiledCode();
const { exitWith, processTerminal } = await import('./process-terminal.ts');
const { runReeve } = await import('./reeve.ts');
exitWith(await runReeve(process.argv.slice(2), processTerminal()));
