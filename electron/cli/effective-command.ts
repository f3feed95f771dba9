/**
 * `reeve check --effective …`: what `uwsgi --show-config …` says of the same arguments, and nothing else happens. The
 * list goes to standard output, byte for byte as uWSGI writes it, what uWSGI logs while it reads goes to standard
 * error; the exit code is uWSGI's: 0 when the configuration was accepted, 1 when it was not.
 */

import { formatConfigError } from '../../engine/config/errors.ts';
import { ALL_READERS } from '../../engine/config/formats/all-readers.ts';
import { resolveConfig } from '../../engine/config/resolve.ts';
import { createConfigHost } from '../../engine/config-host.ts';
import { EXIT, type Terminal } from './terminal.ts';

const SWITCH = '--effective';

/** True when `reeve check` is asked for the configuration itself. */
export function asksForEffective(args: readonly string[]): boolean {
  return args.includes(SWITCH);
}

/** `args`: those behind `reeve check`. The switch stands for uWSGI's `--show-config`, and is listed as that. */
export function runEffective(args: readonly string[], terminal: Terminal): number {
  const at = args.indexOf(SWITCH);
  const argv = args.with(at, '--show-config');
  const host = createConfigHost({ cwd: terminal.cwd, env: terminal.env, readers: ALL_READERS });
  const resolved = resolveConfig(argv, host, { asUwsgi: true });
  for (const notice of resolved.notices) terminal.err(notice);
  for (const line of resolved.printed) terminal.out(line);
  if (!resolved.ok) {
    for (const error of resolved.errors) terminal.err(error.asUwsgi ?? formatConfigError(error));
    return EXIT.failed;
  }
  const lines = resolved.options.map(({ key, value }) => `${key} = ${value}`);
  terminal.out(['', ';uWSGI instance configuration', '[uwsgi]', ...lines, ';end of configuration', ''].join('\n'));
  return EXIT.done;
}
