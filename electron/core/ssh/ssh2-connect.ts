/**
 * Makes one connection with ssh2: a socket (from here, by a ProxyCommand, or through the hop in front), handshake, host
 * key, sign-in. Each stage has its own deadline, and none runs while a question waits for its user. Nothing is tried
 * again here.
 */
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AuthenticationType, type Client, type NextAuthHandler } from 'ssh2';
import { CoreError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { chooseAlgorithms } from './algorithms.ts';
import { openProxyCommand } from './proxy-command.ts';
import type { SshTransport } from './ssh-transport.ts';
import type { HopLogin, ResolvedHop } from './ssh-trust.ts';
import { connectError, levelOf, type Stage } from './ssh2-errors.ts';
import { Ssh2Transport } from './ssh2-transport.ts';

export interface ConnectOptions {
  hop: ResolvedHop;
  /** The connection of the hop in front, with its name; null: from this machine. */
  via: { name: string; transport: SshTransport } | null;
  clock: Clock;
  /** Gives the attempt up. */
  signal: AbortSignal;
  /** Made by the caller with callbacks that call `asking` of the deadline. */
  login: HopLogin;
  deadline: StageDeadline;
}

const SOCKET_LIMIT_MS = 10_000;
const STAGE_LIMIT_MS = 20_000;
const KEEP_ALIVE_MS = 15_000;
const KEEP_ALIVE_COUNT = 3;
/** Lines before an SSH server's own: how long and how many bytes of them are waited for. */
const GREETING_LIMIT_MS = 5_000;
const MOST_GREETING = 8_192;
const TURNED_AWAY = /^(Exceeded MaxStartups|Not allowed at this time)/;
/** First words that tell at once that it is another protocol. */
const NO_SSH = /^(HTTP\/|220[ -]|\* OK|\+OK|RFB |Exceeded MaxStartups|Not allowed at this time)/;

/** A deadline that is set anew for each stage and stands still while a user is asked. */
export class StageDeadline {
  readonly #clock: Clock;
  #cancel: (() => void) | null = null;
  #limitMs = STAGE_LIMIT_MS;
  #onLate: (() => void) | null = null;
  #isAsking = false;
  stage: Stage = 'socket';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(limitMs: number, onLate: () => void): void {
    this.#limitMs = limitMs;
    this.#onLate = onLate;
    this.#arm();
  }

  enter(stage: Stage): void {
    this.stage = stage;
    this.#limitMs = STAGE_LIMIT_MS;
    this.#arm();
  }

  get isAsking(): boolean {
    return this.#isAsking;
  }

  get limitMs(): number {
    return this.#limitMs;
  }

  asking(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#arm();
  }

  end(): void {
    this.#onLate = null;
    this.#arm();
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    const onLate = this.#onLate;
    if (onLate !== null && !this.#isAsking) this.#cancel = this.#clock.setTimer(onLate, this.#limitMs);
  }
}

/** Rejects with a CoreError that says which stage failed and how. */
export async function connectSsh2(options: ConnectOptions): Promise<SshTransport> {
  const { hop, via, clock, signal, login, deadline } = options;
  const { promise, resolve, reject } = Promise.withResolvers<SshTransport>();
  // It may fail while the way there is still being opened, when nobody waits for it yet.
  promise.catch(() => {});
  const client = new ssh2.Client();
  const opening = new AbortController();
  let socket: Duplex | null = null;
  let settled = false;
  const settle = (use: () => void): void => {
    if (settled) return;
    settled = true;
    deadline.end();
    signal.removeEventListener('abort', abort);
    use();
  };
  const fail = (error: unknown): void =>
    settle(() => {
      opening.abort();
      client.destroy();
      socket?.destroy();
      reject(failureOf(error, options));
    });
  const abort = (): void => fail(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  deadline.start(hop.connectTimeoutMs ?? SOCKET_LIMIT_MS, () => fail(lateError(options)));
  // Stays for the client's whole life: an error that comes late would end the program.
  client.on('error', (error) => {
    // A key that did not sign (passphrase not known): ssh2 goes on to the next method by itself.
    if (levelOf(error) !== 'agent') fail(error);
  });
  client.once('close', () => fail(null));
  client.once('ready', () => settle(() => resolve(new Ssh2Transport(client, hop, clock))));
  try {
    const heldKeyTypes = await login.hostKeyTypes();
    socket = await openSocket(hop, via, opening.signal);
    if (settled) {
      socket.on('error', () => {});
      socket.destroy();
      return await promise;
    }
    socket.on('error', fail);
    deadline.enter('handshake');
    start(client, options, socket, heldKeyTypes, opening.signal, fail);
    watchGreeting(socket, options, fail);
  } catch (error) {
    fail(error);
  }
  return promise;
}

function start(
  client: Client,
  { hop, login, deadline }: ConnectOptions,
  sock: Duplex,
  held: string[] | null,
  ended: AbortSignal,
  fail: (error: unknown) => void,
): void {
  // ssh2 throws when it is told about the key of a connection that is closed.
  const tell = (verify: (valid: boolean) => void, isTrusted: boolean): void => {
    if (!ended.aborted) verify(isTrusted);
  };
  client.connect({
    sock,
    username: hop.user,
    algorithms: chooseAlgorithms(hop.algorithms, held),
    // The deadline of the stages does it: this one would run on while the user is asked.
    readyTimeout: 0,
    keepaliveInterval: hop.keepAliveMs ?? KEEP_ALIVE_MS,
    keepaliveCountMax: KEEP_ALIVE_COUNT,
    // Dropbear and others may have OpenSSH's extensions, too: the server is asked rather than guessed.
    strictVendor: false,
    agentForward: false,
    tryKeyboard: true,
    hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
      login.verifyHostKey(key).then(
        (isTrusted) => {
          if (isTrusted) deadline.enter('login');
          tell(verify, isTrusted);
          return isTrusted;
        },
        // It never throws; a fault of ours trusts nobody.
        () => tell(verify, false),
      );
    },
    // ssh2 gives null for both before the first answer.
    authHandler: (methodsLeft: AuthenticationType[] | null, partialSuccess: boolean | null, next) => {
      deadline.enter('login');
      signInWith(login.nextMethod(methodsLeft, partialSuccess ?? false), next).catch(fail);
    },
  });
}

/**
 * A server's first words. One of SSH may send lines before its own, which begins with `SSH-` (RFC 4253, section 4.2),
 * and what it sends may come in pieces.
 */
function watchGreeting(socket: Duplex, { hop, clock }: ConnectOptions, fail: (error: CoreError) => void): void {
  let text = '';
  let cancelTimer: (() => void) | null = null;
  const stop = (): void => {
    cancelTimer?.();
    socket.removeListener('data', take);
    for (const event of ['end', 'close']) socket.removeListener(event, refuse);
  };
  const refuse = (): void => {
    stop();
    if (text !== '') fail(greetingError(text, hop));
  };
  const take = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    if (/^SSH-/m.test(text)) stop();
    else if (text.length > MOST_GREETING || NO_SSH.test(text)) refuse();
    else cancelTimer ??= clock.setTimer(refuse, GREETING_LIMIT_MS);
  };
  socket.on('data', take);
  for (const event of ['end', 'close']) socket.once(event, refuse);
}

/** `text` has no greeting of SSH in it. */
function greetingError(text: string, { name, port, proxyCommand }: ResolvedHop): CoreError {
  // What OpenSSH says to those whom it turns away at the door.
  if (TURNED_AWAY.test(text)) return new CoreError('ssh-closed-early', { host: name, stage: 'anything else' });
  if (proxyCommand === null) return new CoreError('ssh-not-ssh', { host: name, port });
  const line = text
    .replace(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, 100);
  return new CoreError('ssh-proxy-command-words', { host: name, words: line });
}

async function signInWith(method: ReturnType<HopLogin['nextMethod']>, next: NextAuthHandler): Promise<void> {
  const chosen = await method;
  if (chosen === false) throw new Error('no way to sign in is left');
  next(chosen);
}

async function openSocket(hop: ResolvedHop, via: ConnectOptions['via'], signal: AbortSignal): Promise<Duplex> {
  if (via !== null) return via.transport.openStream({ type: 'tcp', host: hop.hostName, port: hop.port }, signal);
  if (hop.proxyCommand !== null) return openProxyCommand(hop.proxyCommand, hop.name);
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket = createConnection({ host: hop.hostName, port: hop.port, noDelay: true, signal });
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.removeListener('error', reject);
    resolve(socket);
  });
  return promise;
}

function failureOf(error: unknown, { hop, via, login, deadline }: ConnectOptions): Error {
  if (login.failure !== null) return login.failure.error;
  if (deadline.isAsking && !(error instanceof CoreError)) return new CoreError('ssh-answer-late', { host: hop.name });
  return connectError(error, hop, via?.name ?? null, deadline.stage);
}

function lateError({ hop, deadline }: ConnectOptions): CoreError {
  if (deadline.stage === 'handshake' && hop.proxyCommand !== null) {
    return new CoreError('ssh-proxy-command-quiet', { host: hop.name, seconds: deadline.limitMs / 1000 });
  }
  const values = { host: hop.name, port: hop.port, seconds: deadline.limitMs / 1000 };
  return deadline.stage === 'socket' ? new CoreError('ssh-timeout', values) : new CoreError('ssh-quiet', values);
}
