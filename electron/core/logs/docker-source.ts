/**
 * The output of a container, each line once: docker gives its time in nanoseconds, and after an interruption the lines
 * of the last instant that were seen already are passed over. Standard output and error are two series.
 */
import type { CommandSource } from './command-tail.ts';

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;

interface Seen {
  stamp: string;
  /** Lines with just this time. */
  count: number;
  /** Of these, how many are still to be passed over. */
  skip: number;
}

export function dockerSource(container: string, backLines: number): CommandSource {
  const seen = new Map<'out' | 'err', Seen>();
  let lastWords = '';
  return {
    program: 'docker logs',
    logsToStderr: true,
    argv: () => {
      for (const series of seen.values()) series.skip = series.count;
      const [since] = [...seen.values()].map(({ stamp }) => stamp).sort();
      const range = since === undefined ? ['--tail', String(backLines)] : ['--since', since];
      return ['docker', 'logs', '--timestamps', ...range, '-f', container];
    },
    read: (line, stream) => {
      const found = STAMPED.exec(line);
      if (found === null) {
        lastWords = line;
        return null;
      }
      const [, stamp = '', text = ''] = found;
      const last = seen.get(stream);
      if (last !== undefined && stamp < last.stamp) return null;
      if (last === undefined || stamp > last.stamp) seen.set(stream, { stamp, count: 1, skip: 0 });
      else if (last.skip > 0) {
        last.skip -= 1;
        return null;
      } else last.count += 1;
      return { text, atMs: Date.parse(stamp) };
    },
    explain: (_, code) => ({
      reason: lastWords === '' ? `docker logs ended with ${code ?? 'a signal'}.` : `docker logs: ${lastWords}`,
      hint: 'The container may have ended, or this user may not ask docker (group docker).',
    }),
  };
}
