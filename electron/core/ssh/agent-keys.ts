/**
 * Keys that are offered one at a time, in OpenSSH's order, and sign when the server wants a signature: keys of the
 * user's agent, and key files whose passphrase is asked for only then. ssh2 would offer all keys of an agent in one go.
 */
import type { Duplex } from 'node:stream';
import ssh2, { type BaseAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';
import { describe } from '../errors.ts';

const AGENT_DEADLINE_MS = 5_000;

export interface AgentKey {
  key: ParsedKey;
  agent: BaseAgent;
}

/** Types that ssh2 does not know (certificates, hardware keys) are left out by it. Throws when the agent does not answer. */
export async function listAgentKeys(address: string, deadlineMs = AGENT_DEADLINE_MS): Promise<AgentKey[]> {
  const agent = ssh2.createAgent(address);
  const closeAll = watchStreams(agent);
  const { promise, resolve, reject } = Promise.withResolvers<AgentKey[]>();
  const deadline = setTimeout(() => {
    reject(new Error('it does not answer'));
    closeAll();
  }, deadlineMs);
  agent.getIdentities((error, keys) => {
    if (error) reject(new Error(describe(error)));
    else resolve((keys ?? []).flatMap((key) => (isParsedKey(key) ? [{ key, agent }] : [])));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
  }
}

/** An agent that hangs would keep a socket of ours for each time it is asked: the returned function closes them. */
function watchStreams(agent: BaseAgent): () => void {
  const open = new Set<Duplex>();
  const getStream = agent.getStream?.bind(agent);
  if (getStream !== undefined) {
    agent.getStream = (callback) =>
      getStream((error, stream) => {
        if (stream !== undefined) {
          open.add(stream);
          stream.once('close', () => open.delete(stream));
        }
        callback(error, stream);
      });
  }
  return () => {
    for (const stream of open) stream.destroy();
  };
}

/** Offers one key. */
export class OneKeyAgent extends ssh2.BaseAgent {
  readonly #key: ParsedKey;
  readonly #sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>;
  /** The server takes this key and got its signature. */
  hasSigned = false;

  constructor(key: ParsedKey, sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>) {
    super();
    this.#key = key;
    this.#sign = sign;
  }

  override getIdentities(callback: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    callback(undefined, [this.#key]);
  }

  override sign(
    _key: unknown,
    data: Buffer,
    optionsOrCallback: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const options = typeof optionsOrCallback === 'function' ? {} : optionsOrCallback;
    const done = typeof optionsOrCallback === 'function' ? optionsOrCallback : callback;
    void this.#answer(data, options, done ?? (() => {}));
  }

  async #answer(data: Buffer, options: SigningRequestOptions, done: SignCallback): Promise<void> {
    let signature: Buffer;
    try {
      signature = await this.#sign(data, options);
    } catch (error) {
      done(error instanceof Error ? error : new Error(describe(error)));
      return;
    }
    this.hasSigned = true;
    done(undefined, signature);
  }
}

/** A key of the agent, offered alone. */
export function offerAgentKey({ key, agent }: AgentKey): OneKeyAgent {
  return new OneKeyAgent(key, async (data, options) => {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    agent.sign(key, data, options, (error, signature) => {
      if (error || signature === undefined) reject(error ?? new Error('the agent gave no signature'));
      else resolve(signature);
    });
    return promise;
  });
}

function isParsedKey(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key;
}
