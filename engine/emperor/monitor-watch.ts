/**
 * Looks at each monitor of an emperor every `emperor-freq` seconds, one look at a time and apart from the others: a
 * database that hangs holds up no folder. Monitors whose settings are the same after a reload are kept with all that
 * they know: what was announced to them is announced once.
 */
import { isDeepStrictEqual } from 'node:util';
import type { EmperorSettings, MonitorSetting } from '../config/emperor-settings.ts';
import { waitable } from '../longest-wait.ts';
import { placeOf } from './emperor-view.ts';
import { type Monitor, type MonitorPlace, openMonitor } from './monitors.ts';
import type { FoundVassal } from './vassal-state.ts';

interface Watched {
  /** All that the monitor was opened with. */
  openedWith: readonly unknown[];
  text: string;
  monitor: Monitor;
  isLooking: boolean;
  /** A look was asked for while another one went on. */
  isWanted: boolean;
}

export class MonitorWatch {
  readonly #place: MonitorPlace;
  readonly #found: (monitor: number, found: readonly FoundVassal[]) => void;
  readonly #openMonitor: typeof openMonitor;
  #watched: Watched[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** `found`: what is there now, by the monitor's place in the configuration. */
  constructor(
    place: MonitorPlace,
    found: (monitor: number, found: readonly FoundVassal[]) => void,
    open: typeof openMonitor = openMonitor,
  ) {
    this.#place = place;
    this.#found = found;
    this.#openMonitor = open;
  }

  /** As statistics show them. */
  get texts(): string[] {
    return this.#watched.map(({ text }) => text);
  }

  /** Goes over to these settings and looks at once. */
  open(settings: EmperorSettings): void {
    const before = this.#watched;
    this.#watched = settings.monitors.map((setting, index) => this.#openOne(setting, settings, before[index]));
    for (const watched of before) if (!this.#watched.includes(watched)) watched.monitor.dispose();
    // What the places of a former configuration had found is gone with them.
    for (let index = this.#watched.length; index < before.length; index++) this.#found(index, []);
    this.pause();
    this.#timer = setInterval(() => this.#lookAround(false), waitable(settings.freqSeconds * 1000));
    this.rescan();
  }

  rescan(): void {
    this.#lookAround(true);
  }

  /** No more looks by themselves. */
  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  dispose(): void {
    this.pause();
    for (const { monitor } of this.#watched) monitor.dispose();
    this.#watched = [];
  }

  #openOne(setting: MonitorSetting, settings: EmperorSettings, before: Watched | undefined): Watched {
    const { isTyrant, tyrantNofollow, nofollow, extraExtensions, magicExec, onDemand } = settings;
    const openedWith = [setting, isTyrant, tyrantNofollow, nofollow, extraExtensions, magicExec, onDemand];
    if (before !== undefined && isDeepStrictEqual(before.openedWith, openedWith)) return before;
    const monitor = this.#openMonitor(setting, settings, this.#place);
    return { openedWith, text: placeOf(setting), monitor, isLooking: false, isWanted: false };
  }

  #lookAround(isAsked: boolean): void {
    for (const watched of this.#watched) {
      if (!watched.isLooking) void this.#look(watched);
      else if (isAsked) watched.isWanted = true;
    }
  }

  async #look(watched: Watched): Promise<void> {
    watched.isLooking = true;
    do {
      watched.isWanted = false;
      const found = await this.#scan(watched);
      const place = this.#watched.indexOf(watched);
      // Another may have taken its place meanwhile.
      if (found !== null && place >= 0) this.#found(place, found);
    } while (watched.isWanted && this.#watched.includes(watched));
    watched.isLooking = false;
  }

  /** A monitor that fails in a way nobody thought of is an error of its own, never the end of vassals. */
  async #scan({ monitor, text }: Watched): Promise<FoundVassal[] | null> {
    try {
      return await monitor.scan();
    } catch (error) {
      this.#place.log(`*** BUG: [emperor] ${text} can not be looked at: ${String(error)}; its vassals stay ***`);
      return null;
    }
  }
}
