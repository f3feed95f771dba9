/** What can be said of the log only when the whole configuration has been read: routes lead to loggers that exist. */
import type { ConfigError } from './errors.ts';
import type { LogChannel } from './log-settings.ts';
import type { EngineSettings, Origin } from './settings.ts';

export function finishLog(
  { log }: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
): void {
  checkRoutes('log-route', 'logger', log.server);
  checkRoutes('log-req-route', 'req-logger', log.requests);

  function checkRoutes(option: string, kind: string, { loggers, routes }: LogChannel): void {
    const unknown = routes.find(({ logger }) => !loggers.some(({ name }) => name === logger));
    if (unknown === undefined) return;
    errors.push({
      code: 'bad-value',
      message: `'${option} = ${unknown.logger} ${unknown.pattern}' leads to a logger that does not exist.`,
      origin: originOf(option) ?? { file: '', line: 0 },
      option,
      hint: `Name it with '${kind} = ${unknown.logger} PLUGIN:ARGUMENT'.`,
    });
  }
}
