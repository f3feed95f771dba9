/** What starts and stops a server: systemd, a container, or nothing that is known. Pure. */
import type { HostFacts } from '../../../engine/config/host.ts';
import type { ProcessInfo } from './processes.ts';

export interface SupervisorMarks {
  /** `/proc/PID/cgroup`; null: it can not be read. */
  cgroup: string | null;
  /** Name of the parent's program. */
  parent: string | null;
  env: ProcessInfo['env'];
}

/**
 * A service of systemd's is a child of its manager in a control group of its own, and has an invocation's id; what was
 * merely started from within one (by cron, a shell, another supervisor) is none.
 */
export function supervisorBy({ cgroup, parent, env }: SupervisorMarks): HostFacts['supervisor'] {
  const paths = (cgroup ?? '').split('\n').map((line) => line.split(':').slice(2).join(':'));
  if (paths.some((path) => /(^|[/-])(docker|libpod|crio|cri-containerd|kubepods|lxc|machine-)/.test(path))) {
    return 'container';
  }
  const isService = paths.some((path) => path.endsWith('.service')) && parent === 'systemd';
  return isService && (env === null || env['INVOCATION_ID'] !== undefined) ? 'systemd' : null;
}

export function supervisorOf({ cgroup, parentComm, env }: ProcessInfo): HostFacts['supervisor'] {
  return supervisorBy({ cgroup, parent: parentComm, env });
}

/** The systemd unit a service runs in, `shop.service`; null: none, or not known. */
export function unitOf(process: ProcessInfo): string | null {
  if (supervisorOf(process) !== 'systemd') return null;
  const names = (process.cgroup ?? '').split('\n').flatMap((line) => /\/([^/]+\.service)$/.exec(line)?.[1] ?? []);
  return names[0] ?? null;
}
