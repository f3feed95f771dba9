/**
 * Which loggers get a line: filters and drains first, then routes by regular expression to loggers with a name, then
 * all loggers without one. A line that no logger takes goes to the log itself, as in uWSGI. Pure.
 */
import type { LogChannel, LogSettings } from '../config/log-settings.ts';

/** Numbers of the channel's loggers; `log`: none of them, the log itself; null: the line is dropped. */
export type Destinations = readonly number[] | 'log' | null;

export type LineRouter = (line: string) => Destinations;

export function compileRouter(settings: Pick<LogSettings, 'filters' | 'drains'>, channel: LogChannel): LineRouter {
  const filters = settings.filters.map((pattern) => new RegExp(pattern));
  const drains = settings.drains.map((pattern) => new RegExp(pattern));
  const unnamed = channel.loggers.flatMap(({ name }, index) => (name === null ? [index] : []));
  const routes = channel.routes.map(({ logger, pattern }) => ({
    expression: new RegExp(pattern),
    to: channel.loggers.flatMap(({ name }, index) => (name === logger ? [index] : [])),
  }));
  return (written) => {
    // To uWSGI's expressions (PCRE) `$` is the end of the text of a line, too; JavaScript's knows the very end only.
    const line = written.endsWith('\n') ? written.slice(0, -1) : written;
    if (filters.length > 0 && !filters.some((filter) => filter.test(line))) return null;
    if (drains.some((drain) => drain.test(line))) return null;
    const routed = routes.flatMap(({ expression, to }) => (expression.test(line) ? to : []));
    if (routed.length > 0) return [...new Set(routed)];
    return unnamed.length > 0 ? unnamed : 'log';
  };
}
