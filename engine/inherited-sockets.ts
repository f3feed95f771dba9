/**
 * Sockets that a service manager opened and handed over (systemd's socket activation, sd_listen_fds(3)): LISTEN_FDS
 * tells how many there are from descriptor 3 on, LISTEN_PID for which process. Children do not inherit either.
 */

export interface InheritedSockets {
  count: number;
  /** The environment for everything else. */
  env: NodeJS.ProcessEnv;
}

export function inheritedSocketsOf(env: NodeJS.ProcessEnv, pid: number): InheritedSockets {
  const { LISTEN_FDS: count, LISTEN_PID: heir, LISTEN_FDNAMES: _, ...rest } = env;
  const isOurs = heir === String(pid) && count !== undefined && /^\d{1,4}$/.test(count);
  return { count: isOurs ? Number(count) : 0, env: rest };
}
