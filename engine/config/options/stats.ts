/**
 * Statistics: where they are read, and where they are sent.
 */
import { parseAddress } from '../address.ts';
import { resolvePath } from '../host.ts';
import type { StatsPushSetting } from '../stats-settings.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { type Draft, flag, type OptionSection, readAddress, readFlag, readNumber } from './section.ts';

export const statsOptions: OptionSection = {
  data: `
stats | address | works | | Answers with the stats document on this address.
stats-http | flag | works | false | Puts an HTTP header in front of the stats document.
stats-minified | flag | works | false | Leaves blanks out of the stats document.
stats-no-cores | flag | works | false | Leaves the list of cores out of the stats document.
stats-no-metrics | flag | works | | Leaves metrics out of the stats document.
stats-push | list | works | | Sends statistics at intervals: 'file:PATH', 'socket:HOST:PORT' or 'statsd:HOST:PORT[,PREFIX]'.
stats-pusher-default-freq | seconds | works | 3 | Time between two sendings of 'stats-push'.
prometheus | address | works | | Answers Prometheus on this address, at /metrics.
memory-report | flag | works | false | Measures the memory of each worker, for stats and the request log; 2 measures its share of shared memory too.
carbon | address | no: the engine sends nothing to Carbon; 'stats-push' and 'prometheus' have the same figures | | Sends statistics to a Carbon server.
carbon-timeout | seconds | none: the engine sends nothing to Carbon | | Longest wait for the Carbon server.
carbon-freq | seconds | none: the engine sends nothing to Carbon | 60 | Time between two sendings to Carbon.
carbon-id | string | none: the engine sends nothing to Carbon | | Name of this server in Carbon's tree.
carbon-no-workers | flag | none: the engine sends nothing to Carbon | | Leaves out the figures of single workers.
carbon-max-retry | int | none: the engine sends nothing to Carbon | | Number of tries to reach the Carbon server. | unit=tries
carbon-retry-delay | seconds | none: the engine sends nothing to Carbon | | Time between two tries to reach the Carbon server.
carbon-root | string | none: the engine sends nothing to Carbon | uwsgi | First name in Carbon's tree.
carbon-hostname-dots | string | none: the engine sends nothing to Carbon | | Letter in place of the dots of the host name in Carbon's tree.
carbon-name-resolve | flag | none: the engine sends nothing to Carbon | | Lets the name of the Carbon server be looked up.
carbon-idle-avg | string | none: the engine sends nothing to Carbon | | What an idle worker's response time counts as.
carbon-use-metrics | flag | none: the engine sends nothing to Carbon | | Sends all metrics to Carbon.
`,
  readers: {
    stats: readStats,
    'stats-http': flag('statsHttp'),
    'stats-minified': flag('statsMinified'),
    'stats-no-cores': flag('statsNoCores'),
    'stats-no-metrics': readFlag((settings, isOn) => (settings.metrics.isHidden = isOn)),
    'stats-push': readPush,
    'stats-pusher-default-freq': readNumber((settings, seconds) => (settings.statistics.pushSeconds = seconds), 1),
    prometheus: readPrometheus,
    'memory-report': readMemoryReport,
  },
};

function readStats(draft: Draft, value: string): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.settings.stats.push(address);
  return null;
}

function readPrometheus(draft: Draft, value: string): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.settings.statistics.prometheus.push(address);
  return null;
}

/** `2` is that of uWSGI 2.0.22 and later. */
function readMemoryReport({ settings }: Draft, value: string): string | null {
  if (value !== '2' && !isFlagWord(value)) return 'needs true, false or 2.';
  settings.memoryReport = isOn(value);
  settings.statistics.memoryShares = value === '2';
  return null;
}

const DEFAULT_FILE = 'uwsgi.stats';
const DEFAULT_PREFIX = 'uwsgi';

function readPush(draft: Draft, value: string): string | null {
  const setting = parsePush(value, draft.host.cwd);
  if (typeof setting === 'string') return setting;
  draft.settings.statistics.pushes.push(setting);
  return null;
}

function parsePush(value: string, cwd: string): StatsPushSetting | string {
  const { type, rest = '' } = /^(?<type>[^:]+)(?::(?<rest>[^]*))?$/.exec(value)?.groups ?? {};
  if (type === 'file') return parseFilePush(rest, value, cwd);
  if (type !== 'socket' && type !== 'statsd') {
    return `names the pusher '${type ?? ''}', which the engine does not have: it has file, socket and statsd.`;
  }
  const [written = '', prefix = ''] = rest.split(',');
  const parsed = parseAddress(written);
  if (!parsed.ok || parsed.address.type !== 'tcp') return "needs 'HOST:PORT' after its name.";
  return { type, address: parsed.address, prefix: prefix || DEFAULT_PREFIX, everySeconds: null, text: value };
}

/** A path, or `path=PATH,freq=SECONDS,separator=TEXT`. */
function parseFilePush(rest: string, text: string, cwd: string): StatsPushSetting | string {
  const isPath = rest !== '' && !/^(path|freq|separator)=/.test(rest);
  const pairs = isPath || rest === '' ? [] : rest.split(',');
  const values = new Map(pairs.map((pair) => [pair.split('=', 1)[0] ?? '', pair.replace(/^[^=]*=/, '')]));
  const unknown = [...values.keys()].find((key) => !['path', 'freq', 'separator'].includes(key));
  if (unknown !== undefined) return `has '${unknown}', which is none of path, freq and separator.`;
  const freq = values.get('freq');
  const everySeconds = freq === undefined ? null : wholeNumber(freq);
  if (freq !== undefined && (everySeconds === null || everySeconds === 0))
    return "needs a number of seconds as 'freq'.";
  const path = resolvePath(cwd, isPath ? rest : (values.get('path') ?? DEFAULT_FILE));
  return { type: 'file', path, separator: values.get('separator') ?? '\n', everySeconds, text };
}
