/**
 * A server without `need-app` starts and serves errors when its application can not be loaded, and its workers look as
 * well as ever: only the lists of their applications are empty. Pure.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';

/**
 * The application that is configured (`module = shop.wsgi`) and that no worker has; null: there is one, or none is due.
 * With `lazy-apps` a worker of uWSGI accepts before it has loaded, so there one that has served since its start tells.
 */
export function missingApplication(application: string | null, document: StatsDocument | null): string | null {
  const workers = document?.workers.filter(({ pid, accepting }) => pid > 0 && accepting === 1) ?? [];
  const isEngine = document?.version.startsWith('reeve') ?? false;
  const isTelling = workers.some(({ delta_requests }) => isEngine || delta_requests > 0);
  return isTelling && workers.every(({ apps }) => apps.length === 0) ? application : null;
}
