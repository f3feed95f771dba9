import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatStats, STATS_HTTP_HEAD } from './format-stats.ts';
import { parseStats } from './parse-stats.ts';
import type { StatsDocument, StatsReeve } from './stats.ts';

const goldens = new URL('../goldens/stats/', import.meta.url);

function recorded(name: string): string {
  return readFileSync(new URL(`${name}/stats.raw.json`, goldens), 'utf8');
}

function documentOf(text: string): StatsDocument {
  const reading = parseStats(text);
  if (reading.status !== 'stats') throw new Error(`read as ${reading.status}`);
  return reading.document;
}

describe('formatStats', () => {
  for (const name of ['idle', 'busy', 'threads-tcp', 'harakiri', 'cheaper', 'full']) {
    it(`writes the recording "${name}" of uWSGI 2.0.21 byte for byte`, () => {
      const raw = recorded(name);
      expect(formatStats(documentOf(raw), { minified: false, noCores: false })).toBe(raw);
    });
  }

  it('writes the minified form behind the HTTP head byte for byte', () => {
    const raw = recorded('minified-http');
    expect(STATS_HTTP_HEAD + formatStats(documentOf(raw), { minified: true, noCores: false })).toBe(raw);
  });

  it('leaves the cores out when asked and stays JSON', () => {
    const text = formatStats(documentOf(recorded('busy')), { minified: false, noCores: true });
    expect(text).not.toContain('"cores"');
    expect(documentOf(text).workers).toHaveLength(2);
  });

  it("writes the parts that are the engine's own behind all others, and they are read again", () => {
    const reeve: StatsReeve = {
      spools: [{ dir: '/s', waiting: 2, later: 1, running: 1, failed: 0, oldest_age: 9, attempts: 5, failures: 1 }],
      signals: [{ number: 17, target: 'mule1', raised: 2, last: 1795333790 }],
    };
    const text = formatStats({ ...documentOf(recorded('idle')), reeve }, { minified: true, noCores: false });
    expect(Object.keys(JSON.parse(text)).at(-1)).toBe('reeve');
    expect(documentOf(text).reeve).toEqual(reeve);
  });

  it('escapes whatever a request put into its variables', () => {
    const document = documentOf(recorded('busy'));
    const core = document.workers[0]?.cores[0];
    if (core === undefined) throw new Error('the recording has a core');
    core.vars = ['HTTP_X=a"b\\c\u0001\n\u2028', ''];
    const again = documentOf(formatStats(document, { minified: false, noCores: false }));
    expect(again.workers[0]?.cores[0]?.vars).toEqual(core.vars);
  });
});
