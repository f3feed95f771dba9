/**
 * The bundled engines: makes a runner for each instance of kind `engine`, adds what the console needs to its command
 * line (stats and FIFO, where the file has none), follows its state with the link, and ends them all at the end.
 */

import { dirname } from 'node:path';
import { loadingArguments } from '../../../engine/config/sources.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { createConfigHost } from '../config/node-config-host.ts';
import { readEffectiveConfig } from '../config/read-effective.ts';
import { CoreError, describe, toErrorData } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { EngineSpawn, Ports } from '../ports.ts';
import { moveToFreePorts } from '../sample/sample-project.ts';
import { EngineRunner } from './engine-runner.ts';
import { FileTail } from './file-tail.ts';
import { inspectPath } from './inspect.ts';
import type { RunFolder } from './run-folder.ts';
import type { TrustStore } from './trust.ts';

export interface EnginesOptions {
  ports: Ports;
  runFolder: RunFolder;
  trust: TrustStore;
  /** An engine runs, stopped or failed: the sample's load follows it. */
  onState: (instance: Instance) => void;
  onTrouble: (text: string) => void;
}

export class Engines {
  readonly #options: EnginesOptions;
  /** Logs that go to files (`logto`), by instance. */
  readonly #startedWith = new Map<string, readonly string[]>();
  readonly #tails = new Map<string, FileTail>();
  /** Samples that were started once more since they last ran. */
  readonly #startedAgain = new Set<string>();
  #closing = false;

  constructor(options: EnginesOptions) {
    this.#options = options;
  }

  /** Gives the instance its runner; does not start it. */
  adopt(instance: Instance): void {
    const { ports } = this.#options;
    const runner = new EngineRunner({
      clock: ports.clock,
      prepare: async () => this.#prepare(instance),
      spawn: (what) => ports.spawnEngine(what),
      drainLog: async () => this.#drainLog(instance),
      onLines: (lines) => instance.addLines(lines),
      onState: (state) => this.#followState(instance, state.status, state.pid),
    });
    instance.setRunner(runner);
  }

  /** Throws `instance-not-engine`, or `trust-needed`. */
  async start(instance: Instance): Promise<void> {
    const runner = this.#runnerOf(instance);
    await this.requireTrust(instance);
    // Reeve was told to end while the file was read: nothing may start any more.
    if (this.#closing) return;
    runner.start();
  }

  async stop(instance: Instance): Promise<void> {
    await this.#runnerOf(instance).stop();
  }

  async restart(instance: Instance): Promise<void> {
    const runner = this.#runnerOf(instance);
    await this.requireTrust(instance);
    if (this.#closing) return;
    runner.restart();
  }

  /** Reeve is about to end: engines that stop from now on are wanted again at its next start. */
  close(): void {
    this.#closing = true;
  }

  /** The instance's configuration with what is added on the command line. */
  readConfig(instance: Instance): EffectiveConfig {
    const path = this.#pathOf(instance);
    return readEffectiveConfig(this.#arguments(instance, path), this.#host(path), 'engine');
  }

  /** What it was started with last, the channels that Reeve added with it; null: not in this session. */
  startArguments(instance: Instance): readonly string[] | null {
    return this.#startedWith.get(instance.id) ?? null;
  }

  /** Throws `trust-needed` when its file runs commands that were not accepted, or others than were accepted. */
  async requireTrust(instance: Instance): Promise<void> {
    const path = this.#pathOf(instance);
    const inspection = await this.inspect(path);
    if (inspection.commands.length > 0 && !inspection.trusted) throw new CoreError('trust-needed', { path });
  }

  async inspect(path: string): ReturnType<typeof inspectPath> {
    const { ports, trust } = this.#options;
    return inspectPath(path, {
      env: ports.env,
      version: ports.version,
      homeFolder: ports.homeFolder,
      isTrusted: (file, digest) => trust.isTrusted(file, digest),
    });
  }

  async #prepare(instance: Instance): Promise<EngineSpawn> {
    const { ports } = this.#options;
    const path = this.#pathOf(instance);
    if (instance.record.sample) {
      for (const note of await moveToFreePorts(path)) instance.runner?.say(note);
    }
    const args = this.#arguments(instance, path);
    this.#startedWith.set(instance.id, args);
    const config = readEffectiveConfig(args, this.#host(path));
    if (config.statsAddress === null)
      throw new Error(config.errors.join('\n') || `${path} has no usable stats address.`);
    instance.setConfig(config);
    await this.#followLog(instance, config.logto);
    instance.updateRecord({ statsAddress: config.statsAddress });
    instance.attach({ eager: true });
    const env = Object.fromEntries(
      Object.entries(ports.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return { args, cwd: dirname(path), env };
  }

  /** The file is never touched: what it lacks is said on the command line. */
  #arguments(instance: Instance, path: string): string[] {
    const { ports, runFolder } = this.#options;
    const args = loadingArguments(path);
    const plain = readEffectiveConfig(args, this.#host(path));
    if (plain.statsAddress === null) args.push('--stats', runFolder.statsSocket(instance.id));
    if (plain.masterFifos.length === 0 && ports.platform !== 'win32')
      args.push('--master-fifo', runFolder.fifo(instance.id));
    return args;
  }

  #host(path: string): ReturnType<typeof createConfigHost> {
    const { env, version } = this.#options.ports;
    return createConfigHost({ cwd: dirname(path), env, binaryPath: process.execPath, version });
  }

  #followState(instance: Instance, status: string, pid: number | null): void {
    const { runFolder, onState, onTrouble } = this.#options;
    const hasEnded = status === 'stopped' || status === 'failed';
    if (hasEnded) {
      instance.monitor.stop();
      this.#tails.get(instance.id)?.dispose();
      this.#tails.delete(instance.id);
    }
    if (status === 'stopping') instance.monitor.setEager(false);
    if (status === 'running') this.#startedAgain.delete(instance.id);
    if (status === 'failed' && instance.record.sample) this.#startSampleElsewhere(instance);
    if (!this.#closing) instance.updateRecord({ wanted: instance.runner?.wanted ?? 'stopped' });
    const kept = hasEnded
      ? runFolder.clear(instance.id)
      : pid === null
        ? runFolder.forget(instance.id)
        : runFolder.remember(instance.id, pid);
    kept.catch((error: unknown) => onTrouble(toErrorData(error).message));
    onState(instance);
  }

  /** Between the look for free ports and the engine's bind another program can take one: then once more, on others. */
  #startSampleElsewhere(instance: Instance): void {
    const { id, runner } = instance;
    if (this.#closing || this.#startedAgain.has(id) || !/ is in use\./.test(runner?.state.error ?? '')) return;
    this.#startedAgain.add(id);
    queueMicrotask(() => runner?.start());
  }

  /** With `logto` its standard error says little: the file is the log then, from its present end on. */
  async #followLog(instance: Instance, path: string | null): Promise<void> {
    this.#tails.get(instance.id)?.dispose();
    this.#tails.delete(instance.id);
    if (path === null) return;
    const { clock } = this.#options.ports;
    const tail = await FileTail.open({ path, clock, onBytes: (chunk) => instance.runner?.addOutput(chunk) });
    this.#tails.set(instance.id, tail);
    instance.runner?.say(`The log goes to ${path} (logto).`);
  }

  async #drainLog(instance: Instance): Promise<void> {
    try {
      await this.#tails.get(instance.id)?.look();
    } catch (error) {
      instance.runner?.say(`The log file can not be read: ${describe(error)}.`);
    }
  }

  #runnerOf(instance: Instance): EngineRunner {
    if (instance.runner === null) throw new CoreError('instance-not-engine', { name: instance.record.name });
    return instance.runner;
  }

  #pathOf(instance: Instance): string {
    const { configPath, name } = instance.record;
    if (configPath === null) throw new CoreError('config-none', { name });
    return configPath;
  }
}
