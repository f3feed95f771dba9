/**
 * One channel of the log in operation: the server's lines or those of requests, with its open loggers. A line is
 * routed, changed by the encoders of each logger it goes to, and written there; what no logger takes goes to the log.
 */
import type { LogChannel, LogEncoderSetting, LogSettings } from '../config/log-settings.ts';
import { compileEncoders, type LineEncoder } from './encoders.ts';
import { compileRouter, type LineRouter } from './routing.ts';
import { type LogSink, openSink, type SinkPlace } from './sinks.ts';

interface OpenLogger {
  sink: LogSink;
  encode: LineEncoder;
}

export class OpenChannel {
  readonly #loggers: readonly OpenLogger[];
  readonly #route: LineRouter;
  readonly #encode: LineEncoder;
  readonly #toLog: (line: string) => void;
  readonly #ownsSinks: boolean;

  private constructor(loggers: readonly OpenLogger[], rules: Rules, toLog: (line: string) => void, ownsSinks: boolean) {
    this.#loggers = loggers;
    this.#route = rules.route;
    this.#encode = rules.encode;
    this.#toLog = toLog;
    this.#ownsSinks = ownsSinks;
  }

  /** Opens the loggers. Throws EngineError when one can not be opened, with those before it closed again. */
  static open(
    settings: LogSettings,
    channel: LogChannel,
    place: SinkPlace,
    toLog: (line: string) => void,
  ): OpenChannel {
    const loggers: OpenLogger[] = [];
    try {
      for (const logger of channel.loggers) {
        const encode = compileEncoders(channel.encoders, logger.name);
        loggers.push({ sink: openSink(logger, settings, place), encode });
      }
    } catch (error) {
      for (const { sink } of loggers) sink.dispose();
      throw error;
    }
    return new OpenChannel(loggers, rulesOf(settings, channel), toLog, true);
  }

  /** The same loggers for other lines with encoders of their own. */
  sharing(settings: LogSettings, channel: LogChannel, encoders: readonly LogEncoderSetting[]): OpenChannel {
    const loggers = this.#loggers.map(({ sink }, index) => ({
      sink,
      encode: compileEncoders(encoders, channel.loggers[index]?.name ?? null),
    }));
    const rules = { ...rulesOf(settings, channel), encode: compileEncoders(encoders, null) };
    return new OpenChannel(loggers, rules, this.#toLog, false);
  }

  /** A latin-1 string of bytes with its line end. */
  write(line: string): void {
    const to = this.#route(line);
    if (to === null) return;
    const nowMs = Date.now();
    if (to === 'log') {
      this.#toLog(this.#encode(line, nowMs));
      return;
    }
    for (const index of to) {
      const logger = this.#loggers[index];
      if (logger !== undefined) logger.sink.write(logger.encode(line, nowMs));
    }
  }

  reopen(): void {
    for (const { sink } of this.#loggers) sink.reopen?.();
  }

  rotate(): void {
    for (const { sink } of this.#loggers) sink.rotate?.();
  }

  tick(): void {
    for (const { sink } of this.#loggers) sink.tick?.();
  }

  dispose(): void {
    if (!this.#ownsSinks) return;
    for (const { sink } of this.#loggers) sink.dispose();
  }
}

interface Rules {
  route: LineRouter;
  encode: LineEncoder;
}

function rulesOf(settings: LogSettings, channel: LogChannel): Rules {
  return { route: compileRouter(settings, channel), encode: compileEncoders(channel.encoders, null) };
}
