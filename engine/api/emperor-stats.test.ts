import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EmperorStats, formatEmperorStats } from './emperor-stats.ts';
import { parseStats } from './parse-stats.ts';

const recorded = readFileSync(new URL('../goldens/stats/emperor/stats.raw.json', import.meta.url), 'utf8');

function parsed(text: string): EmperorStats {
  const reading = parseStats(text);
  if (reading.status !== 'emperor') throw new Error(reading.status);
  expect(reading.notes).toEqual([]);
  expect(reading.extra).toEqual({});
  return reading.document;
}

describe('the stats of an emperor', () => {
  it('are written byte for byte as uWSGI writes them', () => {
    expect(formatEmperorStats(parsed(recorded), false)).toBe(recorded);
  });

  it('carry the state of each vassal behind all keys of uWSGI', () => {
    const vassals = [
      { id: 'a.ini', monitor: '/v', config: '/v/a.ini', state: 'throttled', cause: 'code "1"', next: 12 },
    ];
    const document = { ...parsed(recorded), reeve: { vassals } };
    for (const minified of [false, true]) {
      expect(parsed(formatEmperorStats(document, minified))).toEqual(document);
    }
    expect(Object.keys(JSON.parse(formatEmperorStats(document, true))).at(-1)).toBe('reeve');
  });

  it('are read from an emperor without vassals', () => {
    const text = formatEmperorStats({ ...parsed(recorded), vassals: [], blacklist: [] }, false);
    expect(parsed(text)).toMatchObject({ vassals: [], blacklist: [], emperor: ['{DIR}/vassals'] });
  });
});
