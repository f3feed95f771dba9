/**
 * `worker-accept` for the master: the keeper of the sockets, the scoreboards and the lives of workers that accept
 * connections themselves, as one part. With the option off there is none, and the gateways accept.
 */
import type { EngineSettings } from '../config/settings.ts';
import type { MasterToGateway } from '../gateway/messages.ts';
import type { Scoreboard } from '../scoreboard.ts';
import type { Accounts } from './accounts.ts';
import { type DirectHost, DirectWorkers } from './direct-workers.ts';
import type { RuntimePlace } from './runtimes.ts';
import { type KeeperHandlers, SocketKeeper } from './socket-keeper.ts';
import { WorkerBoards } from './worker-boards.ts';

export class Direct {
  /** To the listeners there is one gateway: the keeper. */
  readonly count = 1;
  readonly workers: DirectWorkers;
  readonly #boards: WorkerBoards;
  readonly #accounts: Accounts;
  #keeper: SocketKeeper | null = null;

  constructor(board: Scoreboard, accounts: Accounts, host: DirectHost) {
    this.#boards = new WorkerBoards(board);
    this.#accounts = accounts;
    this.workers = new DirectWorkers(host);
  }

  open(settings: EngineSettings, place: RuntimePlace, errorFd: number, handlers: KeeperHandlers): void {
    this.#keeper = new SocketKeeper(settings, place, errorFd, handlers);
  }

  tellOne(_gatewayId: number, message: MasterToGateway): void {
    this.#keeper?.tell(message);
  }

  async become(): Promise<void> {
    await this.#keeper?.become();
  }

  connected(spawnId: number, place: RuntimePlace): void {
    this.#boards.add(place.runFolder, spawnId, this.#accounts.slotsOf(spawnId));
    this.workers.connected(spawnId);
  }

  gone(spawnId: number): void {
    this.#boards.remove(spawnId);
    this.workers.gone(spawnId);
  }

  /** Brings the scoreboard up to now. */
  refresh(): void {
    this.#boards.refresh();
  }

  dispose(): void {
    this.#keeper?.dispose();
    this.workers.dispose();
    this.#boards.dispose();
  }
}
