/**
 * Signs in to one hop, as OpenSSH does: first the host's own key is judged, then nothing, keys, the server's questions
 * (keyboard-interactive) and the password are tried, each once, as long as the server allows them. A passphrase is asked
 * for only when the server takes its key. How it went is kept as words for the hop's line; secrets never get into them.
 */
import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import type { Hop, SshAnswer } from '../../contract/hosts-model.ts';
import { CoreError, describe } from '../errors.ts';
import type { Asker, Attempt } from './attempt.ts';
import type { HopSettings } from './hop-settings.ts';
import type { HostKeys } from './host-keys.ts';
import { Person } from './interactive-methods.ts';
import { keyMethods } from './key-methods.ts';
import { fingerprintOf } from './known-hosts.ts';
import type { Questions } from './questions.ts';
import type { SecretMemory } from './secret-memory.ts';
import type { HopLogin, LoginContext, LoginFailure, ResolvedHop } from './ssh-trust.ts';

export interface LoginParts {
  hostKeys: HostKeys;
  questions: Questions;
  secrets: SecretMemory;
}

const USUAL_ORDER = ['publickey', 'keyboard-interactive', 'password'];

export class UserLogin implements HopLogin {
  failure: LoginFailure | null = null;
  readonly #hop: ResolvedHop;
  readonly #settings: HopSettings;
  readonly #context: LoginContext;
  readonly #parts: LoginParts;
  readonly #notes: string[] = [];
  readonly #tried: string[] = [];
  #hostKeyText: string | null = null;
  #verified: Buffer | null = null;
  #attempts: AsyncGenerator<Attempt> | null = null;
  #allowed: readonly string[] | null = null;
  /** Methods left are not known any more: ssh2 does not tell them after a key of an agent. */
  #isStale = false;
  #last: Attempt | null = null;
  #needsSystem: boolean;

  constructor(hop: ResolvedHop, settings: HopSettings, context: LoginContext, parts: LoginParts) {
    this.#hop = hop;
    this.#settings = settings;
    this.#context = context;
    this.#parts = parts;
    this.#needsSystem = settings.needsSystem !== null;
  }

  get text(): string | null {
    const signedIn = this.#last === null || this.failure !== null ? [] : [`Signed in with ${this.#last.name}.`];
    const parts = [this.#hostKeyText, ...signedIn, ...this.#notes].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join(' ');
  }

  get hostKey(): string | null {
    return this.#verified === null ? null : fingerprintOf(this.#verified);
  }

  async hostKeyTypes(): Promise<string[] | null> {
    const types = await this.#parts.hostKeys.heldTypes(this.#settings);
    return types.length === 0 ? null : types;
  }

  async verifyHostKey(key: Buffer): Promise<boolean> {
    // Keys are exchanged again from time to time: it must stay the same one.
    if (this.#verified !== null) return this.#verified.equals(key);
    try {
      const isTrusted = await this.#judgeHostKey(Buffer.from(key));
      if (!isTrusted) return false;
      this.#verified = Buffer.from(key);
      this.#context.onVerified();
      return true;
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(describe(error)));
      return false;
    }
  }

  async nextMethod(
    methodsLeft: readonly AuthenticationType[] | null,
    partialSuccess: boolean,
  ): Promise<AnyAuthMethod | false> {
    try {
      return await this.#nextMethod(methodsLeft, partialSuccess);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(describe(error)));
      return false;
    }
  }

  async #nextMethod(
    methodsLeft: readonly AuthenticationType[] | null,
    partialSuccess: boolean,
  ): Promise<AnyAuthMethod | false> {
    if (methodsLeft === null) {
      this.#last = { type: 'none', name: 'no credential', make: async () => null };
      return { type: 'none', username: this.#hop.user };
    }
    await this.#noteRefused(partialSuccess);
    this.#allowed = methodsLeft;
    this.#attempts ??= this.#sequence();
    while (this.failure === null) {
      const { value: attempt, done } = await this.#attempts.next();
      if (done === true) {
        this.#refused();
        break;
      }
      const method = this.#isAllowed(attempt.type) ? await attempt.make() : null;
      if (method === null) continue;
      this.#last = attempt;
      return method;
    }
    return false;
  }

  async *#sequence(): AsyncGenerator<Attempt> {
    const { preferredMethods, allows, neverAsks, passwordPrompts } = this.#settings;
    const order = (preferredMethods ?? USUAL_ORDER).filter((method) => USUAL_ORDER.includes(method));
    const asker = this.#asker();
    const person = new Person(this.#hop, asker, this.#parts.secrets);
    for (const method of order) {
      if (method === 'publickey' && allows.publicKey) {
        yield* keyMethods(this.#hop.user, this.#settings, asker, this.#parts.secrets, this.#notes, () => {
          this.#needsSystem = true;
        });
      } else if (method === 'keyboard-interactive' && allows.keyboardInteractive && !neverAsks) {
        yield* person.methods(method, passwordPrompts);
      } else if (method === 'password' && allows.password && !neverAsks) {
        yield* person.methods(method, passwordPrompts);
      }
    }
  }

  async #noteRefused(partialSuccess: boolean): Promise<void> {
    const last = this.#last;
    this.#last = null;
    if (last === null || last.type === 'none') return;
    const isPartial = partialSuccess || (last.mayBePartial?.() ?? false);
    this.#isStale = last.mayBePartial !== undefined && isPartial;
    if (isPartial) this.#notes.push(`The server takes ${last.name} and wants more.`);
    else {
      this.#tried.push(last.name);
      await last.onRefused?.();
    }
  }

  #isAllowed(type: AuthenticationType): boolean {
    if (this.#allowed === null || this.#isStale) return true;
    return this.#allowed.includes(type === 'agent' ? 'publickey' : type);
  }

  async #judgeHostKey(key: Buffer): Promise<boolean> {
    const { hostKeys } = this.#parts;
    const verdict = await hostKeys.judge(this.#hop.name, this.#settings, key);
    if (verdict.status === 'trusted') {
      this.#hostKeyText = verdict.text;
      return true;
    }
    if (verdict.status === 'refused') {
      this.#fail(verdict.error, verdict.offersSystem);
      return false;
    }
    const { keyType, fingerprint, command } = verdict;
    const about = { kind: 'host-key' as const, keyType, fingerprint, command };
    const answer = await this.#ask(about, `host-key ${this.#hop.hostName}:${this.#hop.port} ${fingerprint}`);
    if (answer.kind !== 'trust') {
      this.#fail(new CoreError('ssh-auth-cancelled', { host: this.#hop.name }));
      return false;
    }
    this.#hostKeyText = await hostKeys
      .trust(this.#settings, key, answer.until)
      .catch((error: unknown) => `Host key accepted for this session; it was not kept: ${describe(error)}.`);
    return true;
  }

  #asker(): Asker {
    return {
      ask: async (about, subject) => {
        const answer = this.#settings.neverAsks ? null : await this.#ask({ kind: 'secrets', ...about }, subject);
        if (answer?.kind === 'secrets') return answer;
        if (answer !== null) this.#fail(new CoreError('ssh-auth-cancelled', { host: this.#hop.name }));
        return null;
      },
    };
  }

  async #ask(about: AskedAbout, subject: string): Promise<SshAnswer> {
    const { machineId, through, signal, onAsking } = this.#context;
    const { name, user, hostName, port } = this.#hop;
    const hop: Hop = { name, user, host: hostName, port, status: 'asking', text: null };
    onAsking(true);
    try {
      return await this.#parts.questions.ask({ machineId, hop, through, about }, subject, signal);
    } finally {
      onAsking(false);
    }
  }

  #refused(): void {
    const offered = this.#allowed?.filter((method) => method !== 'none') ?? [];
    const tried = this.#tried.length === 0 ? 'There was nothing to try' : `Tried: ${this.#tried.join(', ')}`;
    const allowed = offered.length === 0 ? 'it allows nothing' : `it allows ${offered.join(', ')}`;
    const system = this.#settings.needsSystem;
    const kerberos = offered.some((method) => method.startsWith('gssapi') || method === 'hostbased');
    const words = [
      `${tried}; ${allowed}.`,
      ...this.#notes,
      ...(system === null ? [] : [`The configuration names ${system}, which only the system’s ssh can use.`]),
    ].join(' ');
    const values = { host: this.#hop.name, user: this.#hop.user, tried: words };
    this.#fail(new CoreError('ssh-auth-refused', values), this.#needsSystem || kerberos);
  }

  #fail(error: Error, offersSystem = false): void {
    this.failure ??= { error, offersSystem };
  }
}

type AskedAbout = Parameters<Questions['ask']>[0]['about'];
