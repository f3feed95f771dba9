/**
 * What the core needs from the host that runs it: Electron's main process or the headless host. The core imports
 * neither; each host fills in this interface. node-ports.ts has the parts that are the same on every Node host.
 */
import type { HostInfo } from '../contract/model.ts';

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never jump; only differences mean something. */
  monotonicMs(): number;
  /** Calls back once; the returned function cancels it. */
  setTimer(callback: () => void, ms: number): () => void;
}

/** Where passwords and passphrases are kept. `none`: in memory, gone at the end of the session. */
export interface SecretStore {
  readonly kind: HostInfo['capabilities']['secrets'];
  get(key: string): Promise<string | null>;
  set(key: string, secret: string): Promise<void>;
  remove(key: string): Promise<void>;
}

export type EngineSignal = 'SIGINT' | 'SIGKILL' | 'SIGHUP';

export interface EngineExit {
  code: number | null;
  signal: string | null;
  /** Set when the process could not be started at all. */
  error: string | null;
}

/** A running engine process. Whoever spawned it assigns the callbacks in the same turn. */
export interface EngineChild {
  /** null until it runs, and when it never did. */
  readonly pid: number | null;
  /** Standard output and standard error, as they come. */
  onOutput: ((chunk: Uint8Array) => void) | null;
  /** Called once, after the last output. */
  onExit: ((exit: EngineExit) => void) | null;
  /** SIGKILL goes to its whole process group, where there is one. */
  kill(signal: EngineSignal): void;
}

export interface EngineSpawn {
  /** The engine's arguments, as after `reeve engine`. */
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

export interface Ports {
  /** Exists already; only this user may enter it. */
  dataFolder: string;
  /** `resources/` of the checkout or of the package. */
  resourcesFolder: string;
  homeFolder: string;
  /** Reeve's own version. */
  version: string;
  hostname: string;
  /** `process.platform`. */
  platform: string;
  /** The environment engines inherit. */
  env: Record<string, string | undefined>;
  clock: Clock;
  secrets: SecretStore;
  windowControls: boolean;
  notifications: boolean;
  spawnEngine(spawn: EngineSpawn): EngineChild;
  /** The system's dialog; null where the host has none. Resolves to null when it was closed. */
  pickFile: ((kind: 'folder' | 'file') => Promise<string | null>) | null;
  /** Opens an address in the user's browser. The core has checked it. */
  openExternal(url: string): Promise<void>;
}
