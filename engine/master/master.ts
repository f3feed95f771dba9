/**
 * The life of a master: its parts (master-parts.ts) are opened in order, the rights of the user taken when everything is
 * open, and whatever the end, all of them closed. In between, all that happens is an event of the loop.
 */
import type { EngineSettings } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import { ENGINE_VERSION } from '../version.ts';
import { applyFileLimit, describeFileLimit } from './file-limit.ts';
import { handedOver } from './hand-over.ts';
import { ExitRequested } from './hook-actions.ts';
import { checkSettings, gatewayOptions, planOf } from './interpretation.ts';
import type { BindOutcome } from './listeners.ts';
import { boot } from './machine.ts';
import { type MasterHost, MasterParts } from './master-parts.ts';
import { filesOf, makeRunFolder, type RunFolder, removeAbandonedFolders, removeRunFolder } from './run-folder.ts';
import { masterTitle } from './titles.ts';

export class Master {
  readonly #parts: MasterParts;
  #folder: RunFolder | null = null;
  #resolve: (exitCode: number) => void = () => undefined;

  constructor(settings: EngineSettings, host: MasterHost) {
    this.#parts = new MasterParts(settings, host, {
      bound: (outcome) => this.#bindEnded(outcome),
      finished: (exitCode) => void this.#finish(exitCode),
    });
  }

  /** Ends when all requests are answered, at the latest after `worker-reload-mercy`. */
  stop(reason: string): void {
    this.#parts.log.write(reason);
    this.#parts.desk.take('graceful-stop');
  }

  /** Runs until it is stopped; gives the exit code. Throws EngineError when it can not start. */
  async run(): Promise<number> {
    const finished = new Promise<number>((resolve) => {
      this.#resolve = resolve;
    });
    try {
      const { config, place } = this.#parts;
      checkSettings(config.current, place);
      await this.#open();
      return await finished;
    } catch (error) {
      // A hook of the start was `exit`.
      if (error instanceof ExitRequested) return 0;
      throw error;
    } finally {
      this.#dispose();
    }
  }

  // The start

  async #open(): Promise<void> {
    const { board, config, desk, direct, facilities, gateways, listeners, log, loop, place, token } = this.#parts;
    // First of all: from here on a signal leaves nothing behind.
    this.#parts.signals.listen();
    await this.#parts.system.prepare();
    const settings = config.current;
    const isWindows = process.platform === 'win32';
    log.write(`*** Starting Reeve engine ${ENGINE_VERSION.replace(/^reeve-/, '')} (pid: ${process.pid}) ***`);
    const title = masterTitle(settings);
    if (title !== null) process.title = title;
    const folder = makeRunFolder();
    this.#folder = folder;
    log.openWorkerOutput(folder.path);
    Object.assign(place, { runFolder: folder.path, bodyFolder: folder.bodyFolder });
    direct?.open(settings, place, log.errorFd, {
      said: (message) => listeners.said(0, message),
      lost: () => this.stop('*** BUG: the process that holds the sockets has ended ***'),
    });
    await this.#parts.runtimes.listen(
      isWindows ? { type: 'tcp', host: '127.0.0.1', port: 0 } : { type: 'unix', path: `${folder.path}/control` },
    );
    await facilities.open(settings);
    applyFileLimit(settings);
    const fileLimit = describeFileLimit(settings);
    if (fileLimit !== null) log.write(fileLimit);
    place.commonsEndpoint = await facilities.commons.start(folder.path, token);
    await gateways.start(
      Array.from({ length: settings.sockets.gateways }, (_, id) => ({
        scoreboard: board.buffer,
        bodyFolder: folder.bodyFolder,
        commonsEndpoint: place.commonsEndpoint,
        token,
        options: gatewayOptions(settings, log.requestTarget),
        workerEndpoint: isWindows ? '127.0.0.1:0' : `${folder.path}/gateway-${id}`,
      })),
    );
    loop.start(boot(planOf(settings), Date.now()));
    desk.open();
  }

  #bindEnded(outcome: BindOutcome): void {
    const { loop } = this.#parts;
    if (outcome.status === 'failed') {
      loop.enqueue({ type: 'listeners-failed', message: formatEngineError(outcome.error) });
    } else if (loop.state.active !== 0) {
      loop.enqueue({ type: 'listeners-ready' });
    } else {
      void this.#takeRights();
    }
  }

  /** Everything of the first start is open: what comes from here on has the rights of the user only. */
  async #takeRights(): Promise<void> {
    const { config, desk, direct, facilities, log, logKeeper, loop, system } = this.#parts;
    const settings = config.current;
    const own = this.#folder === null ? [] : filesOf(this.#folder);
    const files = [...own, ...handedOver(settings), ...(log.path === null ? [] : [log.path])];
    try {
      await system.becomeUser(files);
      await direct?.become();
      await facilities.commons.adopt(settings.commons);
      logKeeper.privilegesDropped();
      removeAbandonedFolders();
      loop.enqueue({ type: 'listeners-ready' });
    } catch (error) {
      if (error instanceof ExitRequested) return desk.take('stop');
      if (!(error instanceof EngineError)) throw error;
      loop.enqueue({ type: 'listeners-failed', message: formatEngineError(error) });
    }
  }

  // The end

  async #finish(exitCode: number): Promise<void> {
    await Promise.all([this.#parts.companions.over(), this.#parts.empire.over()]);
    this.#resolve(await this.#parts.system.close(exitCode));
  }

  #dispose(): void {
    const parts = this.#parts;
    parts.loop.dispose();
    parts.signals.dispose();
    parts.gateways.stop();
    parts.direct?.dispose();
    parts.companions.dispose();
    parts.empire.dispose();
    parts.runtimes.dispose();
    parts.system.dispose();
    parts.facilities.dispose(parts.config.current.vacuum);
    if (this.#folder !== null) removeRunFolder(this.#folder);
    parts.log.write('goodbye from Reeve.');
  }
}
