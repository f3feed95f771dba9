/** Entry of the `reeve` command. */
import { exitWith, processTerminal } from './process-terminal.ts';
import { runReeve } from './reeve.ts';

exitWith(await runReeve(process.argv.slice(2), processTerminal()));
