/**
 * When requests are given up and workers replaced.
 */
import type { RecyclingSettings } from '../settings.ts';
import { type OptionSection, readFlag, readMegabytes, readNumber, take } from './section.ts';

/** Workers are replaced for no reason but their death. */
export function defaultRecycling(): RecyclingSettings {
  return {
    maxRequests: 0,
    maxRequestsDelta: 0,
    minLifetimeSeconds: 10,
    maxLifetimeSeconds: 0,
    maxLifetimeDeltaSeconds: 0,
    onRssBytes: 0,
    onAsBytes: 0,
    evilOnRssBytes: 0,
    evilOnAsBytes: 0,
    onException: false,
    onExceptionTypes: [],
    onExceptionValues: [],
    onExceptionReprs: [],
  };
}

export const recyclingOptions: OptionSection = {
  data: `
harakiri | seconds | works | 0 | Kills the worker of a request that takes longer; the engine answers the client with 504.
harakiri-verbose | flag | works | false | Logs where the request stood when harakiri ended it.
harakiri-no-arh | flag | none: the engine runs no code after the response | | Ends harakiri before the after-request hooks.
harakiri-graceful-timeout | seconds | works | 0 | Time a worker gets to end by itself at harakiri, after 'harakiri-graceful-signal'. | since=2.0.22
harakiri-graceful-signal | int | works | 15 | Number of the signal that asks a worker to end at harakiri, with 'harakiri-graceful-timeout'. | since=2.0.22 unit=signal
harakiri-queue-threshold | int | works | 0 | Harakiri only while at least this many requests wait. | since=2.0.22 unit=requests
max-requests | int | works | 0 | Requests after which a worker is replaced; 0 means never. | unit=requests
max-requests-delta | int | works | 0 | Spreads 'max-requests' over the workers: worker 2 gets this much more, worker 3 twice as much. | since=2.0.29 unit=requests
min-worker-lifetime | seconds | works | 10 | Shortest life of a worker before its requests or its memory may have it replaced.
max-worker-lifetime | seconds | works | 0 | Replaces a worker after this time; 0 means never.
max-worker-lifetime-delta | seconds | works | 0 | Spreads 'max-worker-lifetime' over the workers, as 'max-requests-delta' does.
worker-reload-mercy | seconds | works | 60 | Time a worker gets to finish its requests at a reload or stop.
reload-mercy | seconds | works | 30 | Time an emperor gives its vassals at a stop.
reload-on-rss | mb | works | 0 | Replaces a worker whose memory is at least this many megabytes when a request ends.
reload-on-as | mb | works | 0 | Replaces a worker whose address space is at least this many megabytes when a request ends.
evil-reload-on-rss | mb | works | 0 | Kills a worker whose memory is at least this many megabytes, with what it runs.
evil-reload-on-as | mb | works | 0 | Kills a worker whose address space is at least this many megabytes, with what it runs.
mem-collector-freq | seconds | no | 3 | Time between two looks at the workers' memory for 'evil-reload-on-rss' and 'evil-reload-on-as'.
reload-on-exception | flag | works | false | Replaces a worker after a request whose application raised.
reload-on-exception-type | list | works | | Replaces a worker after an exception of this class name.
reload-on-exception-value | list | works | | Replaces a worker after an exception with this text.
reload-on-exception-repr | list | works | | Replaces a worker after an exception with this class name and text, 'Name: text'.
`,
  readers: {
    harakiri: readNumber(({ harakiri }, value) => (harakiri.seconds = value)),
    'harakiri-verbose': readFlag(({ harakiri }, value) => (harakiri.verbose = value)),
    'harakiri-graceful-timeout': readNumber(({ harakiri }, value) => (harakiri.gracefulTimeoutSeconds = value)),
    'harakiri-graceful-signal': (draft, value) => {
      if (!/^([1-9]|[12]\d|3[01])$/.test(value)) return 'needs the number of a signal, from 1 to 31.';
      draft.settings.harakiri.gracefulSignal = Number(value);
      return null;
    },
    'harakiri-queue-threshold': readNumber(({ harakiri }, value) => (harakiri.queueThreshold = value)),
    'max-requests': readNumber(({ recycling }, value) => (recycling.maxRequests = value)),
    'max-requests-delta': readNumber(({ recycling }, value) => (recycling.maxRequestsDelta = value)),
    'min-worker-lifetime': readNumber(({ recycling }, value) => (recycling.minLifetimeSeconds = value)),
    'max-worker-lifetime': readNumber(({ recycling }, value) => (recycling.maxLifetimeSeconds = value)),
    'max-worker-lifetime-delta': readNumber(({ recycling }, value) => (recycling.maxLifetimeDeltaSeconds = value)),
    'reload-mercy': readNumber((settings, value) => (settings.emperor.mercySeconds = value)),
    'worker-reload-mercy': readNumber((settings, value) => (settings.workerReloadMercySeconds = value)),
    'reload-on-rss': readMegabytes(({ recycling }, bytes) => (recycling.onRssBytes = bytes)),
    'reload-on-as': readMegabytes(({ recycling }, bytes) => (recycling.onAsBytes = bytes)),
    'evil-reload-on-rss': readMegabytes(({ recycling }, bytes) => (recycling.evilOnRssBytes = bytes)),
    'evil-reload-on-as': readMegabytes(({ recycling }, bytes) => (recycling.evilOnAsBytes = bytes)),
    'reload-on-exception': readFlag(({ recycling }, value) => (recycling.onException = value)),
    'reload-on-exception-type': (draft, value) =>
      take(value, (text) => draft.settings.recycling.onExceptionTypes.push(text)),
    'reload-on-exception-value': (draft, value) =>
      take(value, (text) => draft.settings.recycling.onExceptionValues.push(text)),
    'reload-on-exception-repr': (draft, value) =>
      take(value, (text) => draft.settings.recycling.onExceptionReprs.push(text)),
  },
};
