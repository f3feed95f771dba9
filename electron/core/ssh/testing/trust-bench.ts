/**
 * What tests of signing in need: a home folder and a data folder of their own, UserTrust on them, one connection by
 * ssh2 to a hop, and someone who answers the questions.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshAnswer, SshQuestion } from '../../../contract/hosts-model.ts';
import { createSessionSecrets, systemClock } from '../../node-ports.ts';
import type { SecretStore } from '../../ports.ts';
import { parseDestination } from '../destination.ts';
import type { SshTransport } from '../ssh-transport.ts';
import type { HopLogin } from '../ssh-trust.ts';
import { connectSsh2, StageDeadline } from '../ssh2-connect.ts';
import { UserTrust } from '../user-trust.ts';

export interface Outcome {
  /** null: it was refused. */
  transport: SshTransport | null;
  error: Error | null;
  login: HopLogin;
  wasVerified: boolean;
}

export class TrustBench {
  readonly home: string;
  readonly data: string;
  readonly asked: SshQuestion[] = [];
  /** Answers a question as soon as it is asked; null: nobody does. */
  answer: (question: SshQuestion) => SshAnswer | null = () => null;
  env: Record<string, string | undefined> = { PATH: process.env.PATH };
  secrets: SecretStore = createSessionSecrets();
  readonly #folder: string;
  readonly #transports: SshTransport[] = [];
  #trust: UserTrust | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
    this.home = join(folder, 'home');
    this.data = join(folder, 'data');
  }

  static async make(): Promise<TrustBench> {
    const bench = new TrustBench(await mkdtemp(join(tmpdir(), 'reeve-trust-')));
    await mkdir(join(bench.home, '.ssh'), { recursive: true, mode: 0o700 });
    await mkdir(bench.data);
    return bench;
  }

  /** A file of `~/.ssh`; returns its path. */
  async write(name: string, text: string, mode = 0o600): Promise<string> {
    const path = join(this.home, '.ssh', name);
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  async trust(): Promise<UserTrust> {
    if (this.#trust === null) {
      const { env, secrets } = this;
      const ports = {
        dataFolder: this.data,
        homeFolder: this.home,
        platform: 'linux',
        env,
        clock: systemClock,
        secrets,
      };
      const trust = await UserTrust.open(ports, () => {});
      trust.questions.onChanged = (open) => {
        for (const question of open) {
          if (this.asked.some(({ id }) => id === question.id)) continue;
          this.asked.push(question);
          const answer = this.answer(question);
          if (answer !== null) queueMicrotask(() => trust.questions.answer(question.id, answer));
        }
      };
      this.#trust = trust;
    }
    return this.#trust;
  }

  /** Another session of Reeve on the same folders. */
  async restart(): Promise<void> {
    await this.#trust?.dispose();
    this.#trust = null;
  }

  /** Connects hop by hop. */
  async connect(name: string, signal: AbortSignal = new AbortController().signal): Promise<Outcome> {
    const trust = await this.trust();
    const { hops } = await trust.resolve(parseDestination(name));
    let via: { name: string; transport: SshTransport } | null = null;
    const through: string[] = [];
    for (const [i, hop] of hops.entries()) {
      const deadline = new StageDeadline(systemClock);
      const outcome: Outcome = {
        transport: null,
        error: null,
        wasVerified: false,
        login: trust.login(hop, {
          machineId: name,
          through: [...through],
          signal,
          onAsking: (asking) => deadline.asking(asking),
          onVerified: () => {
            outcome.wasVerified = true;
          },
        }),
      };
      try {
        outcome.transport = await connectSsh2({ hop, via, clock: systemClock, signal, login: outcome.login, deadline });
      } catch (error) {
        outcome.error = error instanceof Error ? error : new Error(String(error));
      }
      if (outcome.transport === null || i === hops.length - 1) {
        if (outcome.transport !== null) this.#transports.push(outcome.transport);
        return outcome;
      }
      this.#transports.push(outcome.transport);
      via = { name: hop.name, transport: outcome.transport };
      through.push(hop.name);
    }
    throw new Error('a chain has at least one hop');
  }

  async dispose(): Promise<void> {
    for (const transport of this.#transports.toReversed()) transport.close();
    await this.restart();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
