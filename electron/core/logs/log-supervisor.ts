/** The unit or the container that a process is in, by `/proc/PID/cgroup`. Pure. */

/** Of docker, by its id; null: none. Both versions of control groups, with and without systemd as their manager. */
export function logContainer(cgroup: string): string | null {
  return /(?:\/docker[/-]|\bdocker-)([0-9a-f]{64})(?:\.scope)?\b/.exec(cgroup)?.[1] ?? null;
}

/** The innermost service: `/system.slice/uwsgi.service`, `/system.slice/system-uwsgi.slice/uwsgi@shop.service`. */
export function logUnit(cgroup: string): string | null {
  const units = cgroup.match(/[^/\s]+\.service\b/g);
  const unit = units?.at(-1) ?? null;
  return unit === null || /^user@\d+\.service$/.test(unit) ? null : unit;
}
