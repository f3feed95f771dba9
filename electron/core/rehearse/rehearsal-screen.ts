/**
 * What the engine makes of a configuration before anything runs: the lines it can follow, those it has no counterpart
 * for, and what is wrong. An option the engine does not support must not hide the rest, so such lines are taken out and
 * listed, and the others judged again. Pure.
 */
import { buildSettings, type ConfigWarning } from '../../../engine/config/build-settings.ts';
import type { ConfigError } from '../../../engine/config/errors.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import type { Resolved } from '../../../engine/config/resolve.ts';
import type { ResolvedOption } from '../../../engine/config/resolve-state.ts';
import type { EngineSettings } from '../../../engine/config/settings.ts';

export interface Screened {
  /** Lines that a rehearsal can follow, in the order in which they take effect. */
  applied: ResolvedOption[];
  unsupported: { option: ResolvedOption; why: string }[];
  /** What would keep the server from starting. */
  errors: ConfigError[];
  warnings: ConfigWarning[];
  /** What the lines come to; null when there are errors. */
  settings: EngineSettings | null;
}

/** `server`: a real uWSGI takes any unknown name for a placeholder, so that such a line stops no start there. */
export function screen(resolved: Resolved, server: 'engine' | 'uwsgi'): Screened {
  const unsupported: Screened['unsupported'] = [];
  const ignored: ConfigWarning[] = [];
  let { applied } = resolved;
  for (;;) {
    const built = buildSettings({ ...resolved, applied });
    const { warnings } = built;
    if (built.ok) {
      return { applied, unsupported, errors: [], warnings: [...ignored, ...warnings], settings: built.settings };
    }
    const isOut = (error: ConfigError): boolean =>
      error.code === 'not-supported' || (server === 'uwsgi' && error.code === 'unknown-option');
    const out = new Map<ResolvedOption, ConfigError>();
    for (const error of built.errors.filter(isOut)) {
      const line = applied.find((item) => item.key === error.option && item.origin === error.origin);
      if (line !== undefined) out.set(line, error);
    }
    if (out.size === 0) {
      const errors = built.errors.filter((error) => !followsFrom(error, unsupported));
      return { applied, unsupported, errors, warnings: [...ignored, ...warnings], settings: null };
    }
    for (const [option, error] of out) {
      if (error.code === 'not-supported') unsupported.push({ option, why: error.message });
      else ignored.push({ ...error, code: 'caution', message: `${error.message} ${error.hint ?? ''}`.trim() });
    }
    applied = applied.filter((item) => !out.has(item));
  }
}

/** Nothing listens because the only address is one that the engine does not support: the rehearsal has its own. */
function followsFrom(error: ConfigError, unsupported: Screened['unsupported']): boolean {
  return error.code === 'no-listener' && unsupported.some(({ option }) => findOption(option.key)?.kind === 'address');
}
