/**
 * What connections ask (ssh-trust.ts), answered for the user of this machine: ssh's configuration, known_hosts and
 * Reeve's own list, the agent, key files, and the user when none of these is enough.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { HostResolved } from '../../contract/hosts-model.ts';
import { CoreError } from '../errors.ts';
import { DocumentStore } from '../files/document-store.ts';
import type { Ports } from '../ports.ts';
import { type Destination, formatDestination } from './destination.ts';
import { UserLogin } from './hop-login.ts';
import type { HopSettings } from './hop-settings.ts';
import { HostKeys, type HostKeysFile, hostKeysFileSchema } from './host-keys.ts';
import { readKeyFile } from './key-files.ts';
import { Questions } from './questions.ts';
import { HostResolver, type ResolvedSettings } from './resolve-host.ts';
import { SecretMemory } from './secret-memory.ts';
import type { HopLogin, HostOutline, LoginContext, ResolvedChain, ResolvedHop, SshTrust } from './ssh-trust.ts';

export const HOST_KEYS_FILE = 'host-keys.json';

export type TrustPorts = Pick<Ports, 'dataFolder' | 'homeFolder' | 'platform' | 'env' | 'clock' | 'secrets'>;

export class UserTrust implements SshTrust {
  readonly questions = new Questions();
  readonly #resolver: HostResolver;
  readonly hostKeys: HostKeys;
  readonly #secrets: SecretMemory;
  readonly #store: DocumentStore<HostKeysFile>;
  /** The rest of the configuration of each hop that was given out. */
  readonly #settings = new WeakMap<ResolvedHop, HopSettings>();

  private constructor(ports: TrustPorts, store: DocumentStore<HostKeysFile>) {
    this.#resolver = new HostResolver(ports);
    this.#store = store;
    this.hostKeys = new HostKeys(store, join(ports.dataFolder, HOST_KEYS_FILE), ports.clock);
    this.#secrets = new SecretMemory(ports.secrets);
  }

  /** `onBroken` is told when Reeve's own list of host keys was not understood and set aside. */
  static async open(ports: TrustPorts, onBroken: (message: string) => void): Promise<UserTrust> {
    const store = await DocumentStore.open<HostKeysFile>({
      folder: ports.dataFolder,
      name: HOST_KEYS_FILE,
      schema: hostKeysFileSchema,
      initial: { version: 1, hosts: [] },
      clock: ports.clock,
      onBroken,
    });
    return new UserTrust(ports, store);
  }

  async resolve(destination: Destination): Promise<ResolvedChain> {
    const [first, ...others] = await this.#resolver.chain(destination);
    const hops: ResolvedChain['hops'] = [this.#hop(first), ...others.map((resolved) => this.#hop(resolved))];
    return { hops, warnings: [first, ...others].flatMap(warningsOf) };
  }

  async describe(destination: Destination): Promise<HostResolved> {
    const chain = await this.#resolver.chain(destination);
    const { settings } = chain.at(-1) ?? chain[0];
    const identities: string[] = [];
    const left: string[] = [];
    for (const { path, isDefault } of settings.identityFiles) {
      const file = await readKeyFile(path);
      if (file.status === 'unusable') left.push(`${path} is left out: ${file.reason}.`);
      else if (file.status !== 'absent') identities.push(path);
      else if (!isDefault) left.push(`${path} is left out: it does not exist.`);
    }
    return {
      destination: formatDestination(destination),
      resolvedBy: await this.#resolver.resolvedBy(destination),
      hostName: settings.hostName,
      user: settings.user,
      port: settings.port,
      proxyJump: chain.slice(0, -1).map(({ name }) => name),
      proxyCommand: settings.proxyCommand,
      identities,
      usesAgent: settings.agentAddress !== null,
      strictHostKeyChecking: settings.strictHostKeys,
      warnings: [...chain.flatMap(warningsOf), ...left],
    };
  }

  async aliases(): Promise<string[]> {
    return this.#resolver.aliases();
  }

  outlines(): (alias: string) => HostOutline {
    return this.#resolver.outlines();
  }

  /** Arguments that make the system's ssh read the same configuration. */
  get systemConfigFile(): readonly string[] {
    return this.#resolver.configFile();
  }

  login(hop: ResolvedHop, context: LoginContext): HopLogin {
    const settings = this.#settings.get(hop);
    if (settings === undefined) throw new CoreError('ssh-destination', { destination: hop.name });
    const parts = { hostKeys: this.hostKeys, questions: this.questions, secrets: this.#secrets };
    return new UserLogin(hop, settings, context, parts);
  }

  /** Cancels what is asked; resolves when Reeve's own list is on the disk. */
  async dispose(): Promise<void> {
    this.questions.dispose();
    await this.#store.settle();
  }

  #hop({ name, settings }: ResolvedSettings): ResolvedHop {
    const { user, hostName, port, proxyCommand, algorithms, connectTimeoutMs, keepAliveMs } = settings;
    const identity = createHash('sha256').update(JSON.stringify(settings)).digest('base64');
    const hop = { name, user, hostName, port, proxyCommand, algorithms, connectTimeoutMs, keepAliveMs, identity };
    this.#settings.set(hop, settings);
    return hop;
  }
}

function warningsOf({ name, settings }: ResolvedSettings): string[] {
  return settings.warnings.map((warning) => `${name}: ${warning}`);
}
