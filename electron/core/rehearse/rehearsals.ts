/**
 * The rehearsals of the console: one at a time for each instance, the newest report of each kept, all of them ended with
 * Reeve. Loading the application of a server that Reeve does not run itself needs its user's consent, once for each
 * application and user.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import type { EventPayload } from '../../contract/api.ts';
import type { RehearsalConsent, Rehearsal as RehearsalData } from '../../contract/rehearsal.ts';
import { configPathOf } from '../config/config-path.ts';
import { currentUser } from '../current-user.ts';
import type { Engines } from '../engine/engines.ts';
import type { RunFolder } from '../engine/run-folder.ts';
import type { TrustStore } from '../engine/trust.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { LOAD_DEADLINE_MS, Rehearsal } from './rehearsal.ts';
import { applicationLines, lineWords, type RehearsalSource, sourceOfInstance } from './rehearsal-source.ts';

export interface RehearsalsOptions {
  ports: Ports;
  runFolder: RunFolder;
  engines: Engines;
  trust: TrustStore;
  emit: (data: EventPayload<'rehearse.changed'>) => void;
  onTrouble: (text: string) => void;
}

export type RehearsalStart =
  | { status: 'started'; rehearsal: RehearsalData }
  | { status: 'consent'; consent: RehearsalConsent };

export class Rehearsals {
  readonly #options: RehearsalsOptions;
  readonly #running = new Map<string, { rehearsal: Rehearsal; ended: Promise<unknown> }>();
  readonly #newest = new Map<string, RehearsalData>();
  #closing = false;

  constructor(options: RehearsalsOptions) {
    this.#options = options;
  }

  /** `consent`: the digest of an earlier answer. Throws `config-none`, `rehearse-remote`, `trust-needed`, `rehearse-running`. */
  async start(instance: Instance, text: string, consent: string | undefined): Promise<RehearsalStart> {
    const { ports, engines, trust, runFolder, emit, onTrouble } = this.#options;
    const { id, machine } = instance;
    const path = configPathOf(instance);
    if (!machine.isLocal) throw new CoreError('rehearse-remote', { name: instance.record.name, host: machine.name });
    const source = await sourceOfInstance(instance, path, text, ports);
    if (instance.record.kind === 'engine') await engines.requireTrust(instance);
    else {
      const asked = consentOf(source);
      const key = `rehearse:${path}`;
      if (consent === asked.digest) await trust.accept(key, asked.digest);
      else if (!trust.isTrusted(key, asked.digest)) return { status: 'consent', consent: asked };
    }
    if (this.#running.has(id) || this.#closing) throw new CoreError('rehearse-running', { name: instance.record.name });
    const rehearsal = new Rehearsal({
      instanceId: id,
      source,
      clock: ports.clock,
      spawnEngine: (what) => ports.spawnEngine(what),
      parentFolder: runFolder.path,
      loadDeadlineMs: LOAD_DEADLINE_MS,
      onChanged: (data) => {
        this.#newest.set(id, data);
        emit(data);
      },
      remember: async (folder, pid) =>
        pid === null ? runFolder.forget(basename(folder)) : runFolder.remember(basename(folder), pid),
    });
    const ended = rehearsal
      .run()
      .catch((error: unknown) => onTrouble(String(error)))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { rehearsal, ended });
    return { status: 'started', rehearsal: rehearsal.data };
  }

  /** The newest of an instance; null: there was none in this session. */
  newest(instanceId: string): RehearsalData | null {
    return this.#newest.get(instanceId) ?? null;
  }

  cancel(instanceId: string): void {
    this.#running.get(instanceId)?.rehearsal.cancel();
  }

  /** The instance is gone. */
  forget(instanceId: string): void {
    this.cancel(instanceId);
    this.#newest.delete(instanceId);
  }

  /** Resolves when nothing of any is left. */
  async dispose(): Promise<void> {
    this.#closing = true;
    for (const { rehearsal } of this.#running.values()) rehearsal.cancel();
    await Promise.all([...this.#running.values()].map(async ({ ended }) => ended));
  }
}

function consentOf(source: RehearsalSource): RehearsalConsent {
  const resolved = resolveConfig(source.argv, source.host);
  const lines = resolved.ok ? applicationLines(resolved.applied) : [];
  const app = lines.map(lineWords);
  const { name: user } = currentUser();
  const { cwd: folder, hasServerEnvironment } = source;
  const digest = createHash('sha256')
    .update(JSON.stringify([lines.map(({ key, value }) => [key, value]), user, folder]))
    .digest('hex');
  return { digest, app, user, folder, hasServerEnvironment };
}
