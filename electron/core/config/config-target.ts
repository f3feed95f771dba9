/**
 * Whose configuration is checked: the engine's, or that of a real uWSGI with what is known of its release and its own
 * binary. An instance is asked again from time to time: its server may have been upgraded, or load other plugins.
 */
import { type CheckTarget, ENGINE_TARGET } from '../../../engine/config/diagnostics.ts';
import { compareWithTable, releaseOf } from '../../../engine/config/target-options.ts';
import type { ConfigTarget } from '../../contract/model.ts';
import { findServerOf } from '../discover/discover.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { TargetBinaries } from './target-binary.ts';

export interface KnownTarget {
  check: CheckTarget;
  /** As the pages see it. */
  view: ConfigTarget;
}

const KEPT_MS = 30_000;

export class ConfigTargets {
  readonly #ports: Ports;
  readonly #binaries = new TargetBinaries();
  readonly #found = new WeakMap<Instance, { pid: number | null; atMs: number; target: Promise<KnownTarget> }>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Never rejects: what can't be found out is not known. */
  async targetOf(instance: Instance): Promise<KnownTarget> {
    if (instance.isReeveEngine) return engineTarget(this.#ports.version);
    const pid = instance.monitor.document?.pid ?? null;
    const nowMs = this.#ports.clock.monotonicMs();
    const last = this.#found.get(instance);
    if (last !== undefined && last.pid === pid && nowMs - last.atMs < KEPT_MS) return last.target;
    const target = this.#find(instance);
    this.#found.set(instance, { pid, atMs: nowMs, target });
    return target;
  }

  async #find(instance: Instance): Promise<KnownTarget> {
    const { document } = instance.monitor;
    const { configPath } = instance.record;
    const version = document === null ? null : releaseOf(document.version);
    // A process that can't be looked at is one that can't be asked.
    const server =
      document === null
        ? null
        : await findServerOf(instance.machine, document, instance.target().address).catch(() => null);
    const binary =
      server === null
        ? null
        : await this.#binaries.optionsOf(instance.machine, server.process, configPath).catch(() => {
            // It may be known at the next look: the link was lost, or no command can be run there.
            this.#found.delete(instance);
            return null;
          });
    const { known, missing, extra } = compareWithTable(binary, version);
    return {
      check: { server: 'uwsgi', version, options: known },
      view: { server: 'uwsgi', version, binary: binary === null ? 'unknown' : 'known', missing, extra },
    };
  }
}

function engineTarget(version: string): KnownTarget {
  return { check: ENGINE_TARGET, view: { server: 'engine', version, binary: 'known', missing: [], extra: [] } };
}
