/**
 * The signals that the master listens to, as commands (commands.ts says what each means).
 */
import { isEmperorAlone } from '../config/emperor-settings.ts';
import { boundSignals } from '../config/hooks.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EMPEROR_SIGNALS, HANDLED_SIGNALS, meaningOfSignal, type ShellCommand } from './commands.ts';
import type { Command } from './events.ts';

export interface SignalHost {
  settings: () => EngineSettings;
  command: (command: Command | ShellCommand) => void;
  log: (text: string) => void;
}

export class Signals {
  readonly #host: SignalHost;
  readonly #handlers = new Map<NodeJS.Signals, () => void>();

  constructor(host: SignalHost) {
    this.#host = host;
  }

  listen(): void {
    for (const signal of HANDLED_SIGNALS) {
      // Windows knows only two of them.
      if (process.platform !== 'win32' || signal === 'SIGINT' || signal === 'SIGTERM') this.#handle(signal);
    }
    if (process.platform === 'win32') return;
    this.#handleForEmperor('SIGWINCH');
    this.#handleForEmperor('SIGURG');
  }

  dispose(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
    this.#handlers.clear();
  }

  #handleForEmperor(signal: keyof typeof EMPEROR_SIGNALS): void {
    const handler = (): void => {
      if (this.#host.settings().emperor.monitors.length === 0) return;
      this.#host.log(`${signal} received: ${EMPEROR_SIGNALS[signal]}`);
      this.#host.command(EMPEROR_SIGNALS[signal]);
    };
    process.on(signal, handler);
    this.#handlers.set(signal, handler);
  }

  #handle(signal: (typeof HANDLED_SIGNALS)[number]): void {
    const handler = (): void => {
      const settings = this.#host.settings();
      // `unix_signal` in a hook comes before the usual meaning.
      const bound = boundSignals(settings.system.hooks).get(signal);
      const meant =
        bound === undefined
          ? meaningOfSignal(signal, { ...settings, isEmperor: isEmperorAlone(settings) })
          : { command: bound };
      if ('refused' in meant) {
        this.#host.log(meant.refused);
        return;
      }
      this.#host.log(`${signal} received: ${meant.command}`);
      this.#host.command(meant.command);
    };
    process.on(signal, handler);
    this.#handlers.set(signal, handler);
  }
}
