/**
 * Tells the service manager how the engine stands (`Type=notify` units of systemd, sd_notify(3)). Node has no datagram
 * sockets of unix, so systemd's own program says it, or Python where that is not there. For a message of another
 * process than the main one the unit needs `NotifyAccess=all`.
 */
import { spawn } from 'node:child_process';
import { type EngineLog, errorCode } from './engine-log.ts';
import { findOnPath } from './interpreter.ts';

const PYTHON = `
import socket, sys
address = sys.argv[1]
where = chr(0) + address[1:] if address.startswith("@") else address
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), where)
`;

/** A manager that does not listen must not hold the end up. */
const PATIENCE_MS = 5000;

export class ServiceNotifier {
  readonly #log: EngineLog;
  readonly #env: NodeJS.ProcessEnv;
  readonly #address: string | null;
  /** Messages go out in order, one program after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(env: NodeJS.ProcessEnv, log: EngineLog) {
    this.#env = env;
    this.#log = log;
    this.#address = env['NOTIFY_SOCKET'] ?? null;
  }

  /** Lines of sd_notify(3), `READY=1` and the like. Does nothing where nobody listens. */
  tell(...lines: string[]): void {
    if (this.#address === null) return;
    const address = this.#address;
    const program = this.#program(address, [`MAINPID=${process.pid}`, ...lines]);
    if (program === null) {
      this.#log.write('the service manager can not be told how the engine stands: there is no systemd-notify here');
      return;
    }
    this.#last = this.#last.then(async () => this.#run(program.file, program.args));
  }

  /** Resolves when all is said. */
  async settled(): Promise<void> {
    return this.#last;
  }

  #program(address: string, lines: string[]): { file: string; args: string[] } | null {
    // systemd's own waits until the message was taken: of a sender that is gone the manager does not know the unit.
    const notify = findOnPath(['systemd-notify'], this.#env);
    if (notify !== null) return { file: notify, args: lines };
    const python = findOnPath(['python3'], this.#env);
    return python === null ? null : { file: python, args: ['-S', '-E', '-c', PYTHON, address, lines.join('\n')] };
  }

  async #run(file: string, args: string[]): Promise<void> {
    return new Promise((done) => {
      const child = spawn(file, args, {
        env: this.#env,
        stdio: ['ignore', 'ignore', this.#log.errorFd],
        timeout: PATIENCE_MS,
      });
      child.on('error', (error) => {
        this.#log.write(`the service manager could not be told how the engine stands (${errorCode(error)})`);
        done();
      });
      child.on('exit', () => done());
    });
  }
}
