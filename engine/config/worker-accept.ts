/**
 * `worker-accept`: workers take the connections of front servers themselves. What a gateway would have to do between a
 * front server and a worker can not be done then, and is refused by name.
 */
import type { ConfigError } from './errors.ts';
import { isPython, LANGUAGES } from './languages.ts';
import { hasRouting } from './routing-settings.ts';
import type { EngineSettings, Origin } from './settings.ts';

/** `originOf`: where an option stands in the configuration; null: nowhere. */
export function checkWorkerAccept(
  settings: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
): void {
  if (!settings.sockets.workerAccept) return;
  const found = obstacles(settings, originOf)[0];
  if (found === undefined) return;
  const option = 'worker-accept';
  const origin = originOf(option) ?? { file: '', line: 0 };
  const hint = "Leave 'worker-accept' out, or what it does not go with.";
  errors.push({ code: 'bad-value', message: `'worker-accept' ${found}.`, origin, option, hint });
}

const BACKLOG_OPTIONS = ['alert', 'multiplier', 'step', 'nonzero'].map((name) => `cheaper-busyness-backlog-${name}`);

function obstacles(settings: EngineSettings, originOf: (option: string) => Origin | null): string[] {
  const { app, cheaper, listeners, protocols, sleep, harakiri, sockets } = settings;
  const found: string[] = [];
  if (!isPython(app)) found.push(`is for Python applications, not for ${LANGUAGES[app.language].title}`);
  const other = listeners.find(({ kind, tls, address }) => kind !== 'uwsgi' || tls !== null || address.type === 'fd');
  if (other !== undefined) {
    found.push(
      `needs all addresses to be 'socket' or 'uwsgi-socket', without TLS and not inherited: ${other.text} is not`,
    );
  }
  if (sleep.startsAsleep || sleep.idleSeconds > 0) {
    found.push("does not go with 'cheap' and 'idle': without a worker nobody sees that a request waits");
  }
  if (harakiri.queueThreshold > 0)
    found.push("does not go with 'harakiri-queue-threshold': requests wait in the kernel");
  if (cheaper.least > 0 && cheaper.algorithm === 'backlog') {
    found.push("does not go with 'cheaper-algo = backlog': requests wait in the kernel");
  }
  const backlogOption = BACKLOG_OPTIONS.find((option) => originOf(option) !== null);
  if (backlogOption !== undefined) found.push(`does not go with '${backlogOption}': requests wait in the kernel`);
  if (protocols.addHeaders.length + protocols.delHeaders.length > 0) {
    found.push("does not go with 'add-header' and 'del-header'");
  }
  if (hasRouting(settings.routing))
    found.push("does not go with 'route' and its kin: they run in front of the workers");
  if (sockets.reusePort) found.push("does not go with 'reuse-port'");
  return found;
}
