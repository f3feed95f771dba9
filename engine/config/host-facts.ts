/**
 * Facts of a machine for the advice of the diagnostics (host.ts): the kernel's limit of waiting connections, whether
 * this is a container, which folders are open to every user. Pure: the two hosts that read real files hand in how.
 */
import type { HostFacts } from './host.ts';

export interface FactSource {
  /** That of the server: systemd and Kubernetes leave marks on what they start. */
  env: Readonly<Record<string, string | undefined>>;
  /** null: it can not be read. */
  readText(path: string): string | null;
  exists(path: string): boolean;
  /** Permission bits of a folder; null: not known. */
  modeOf(path: string): number | null;
}

const OTHERS_MAY_WRITE = 0o002;

/** Each fact is read when a rule asks for it. */
export function hostFacts(source: FactSource): HostFacts {
  const { env } = source;
  return {
    get maxBacklog() {
      const value = Number.parseInt(source.readText('/proc/sys/net/core/somaxconn') ?? '', 10);
      return Number.isSafeInteger(value) ? value : null;
    },
    get supervisor() {
      const isContainer = env.container !== undefined || env.KUBERNETES_SERVICE_HOST !== undefined;
      if (isContainer || source.exists('/.dockerenv') || source.exists('/run/.containerenv')) return 'container';
      return env.NOTIFY_SOCKET === undefined ? null : 'systemd';
    },
    isWorldWritable: (folder) => {
      const mode = source.modeOf(folder);
      return mode === null ? null : (mode & OTHERS_MAY_WRITE) !== 0;
    },
  };
}
