/**
 * Keeps the log's file and those who write to it together: reopening, rotation, the settings of a reload. Gateways are
 * told of a new descriptor, workers that write to the file themselves open it anew.
 */
import type { EngineSettings } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import type { EngineLog, LogPlace } from './engine-log.ts';

export interface LogKeeperHost {
  log: EngineLog;
  place: LogPlace;
  /** The gateways get their options again. */
  tellGateways: () => void;
  /** Workers open the file anew. */
  tellWorkers: (path: string) => void;
}

export class LogKeeper {
  readonly #host: LogKeeperHost;

  constructor(host: LogKeeperHost) {
    this.#host = host;
  }

  reopen(): void {
    const { log } = this.#host;
    log.reopen();
    this.#fileChanged();
    log.write(
      log.path === null ? '*** the files of the log were reopened ***' : `*** log file ${log.path} reopened ***`,
    );
  }

  rotate(): void {
    const { log } = this.#host;
    log.rotate();
    this.#fileChanged();
    log.write(log.path === null ? '*** the files of the log were rotated ***' : `*** log file ${log.path} rotated ***`);
  }

  /** The settings of a reload. A file that can not be opened leaves the log as it is. */
  adopt(settings: EngineSettings): void {
    const { log, place } = this.#host;
    const before = { path: log.path, workerPath: log.workerPath };
    try {
      log.configure(settings, place);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      log.write(`*** ${formatEngineError(error)} ***`);
    }
    const isSame = log.path === before.path && log.workerPath === before.workerPath;
    if (settings.log.reopenAtReload && isSame) log.reopen();
    // Workers of the new generation were started with the log as it was.
    this.#fileChanged(settings.log.reopenAtReload || !isSame);
  }

  /** Throws EngineError when `logto2` can not be opened. */
  privilegesDropped(): void {
    if (this.#host.log.privilegesDropped()) this.#fileChanged();
  }

  /** Called once a second. */
  tick(): void {
    if (this.#host.log.tick()) this.#fileChanged();
  }

  #fileChanged(isOther = true): void {
    const { log, tellGateways, tellWorkers } = this.#host;
    tellGateways();
    if (isOther && log.workerPath !== null) tellWorkers(log.workerPath);
  }
}
