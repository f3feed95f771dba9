/** Entry of the `reeve` command. */
import { processTerminal } from './process-terminal.ts';
import { runReeve } from './reeve.ts';

process.exitCode = await runReeve(process.argv.slice(2), processTerminal());
