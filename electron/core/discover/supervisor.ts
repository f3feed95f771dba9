/** What starts and stops a server: systemd, a container, or nothing that is known here. From /proc. */
import { readFile } from 'node:fs/promises';
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

export async function supervisorOf({ pid, parentPid, env }: ProcessInfo): Promise<HostFacts['supervisor']> {
  const [cgroup, parent] = await Promise.all([readText(`/proc/${pid}/cgroup`), readText(`/proc/${parentPid}/comm`)]);
  return supervisorBy({ cgroup, parent: parent?.trim() ?? null, env });
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // The process has ended, or there is no /proc: both mean "not known".
    return null;
  }
}
