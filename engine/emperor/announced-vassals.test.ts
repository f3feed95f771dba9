import type { Stats } from 'node:fs';
import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnnouncedVassals } from './announced-vassals.ts';

const HERE = import.meta.filename;
const CONFIG = '[uwsgi]\nmaster = true\n';

function announced(rules: { isTyrant?: boolean; gone?: () => boolean } = {}) {
  const statsOf = (path: string): Stats | null =>
    rules.gone?.() !== true && path.startsWith('/srv/') ? statSync(HERE) : null;
  const vassals = new AnnouncedVassals({
    extraExtensions: [],
    isTyrant: rules.isTyrant ?? false,
    folder: '/srv',
    uid: 33,
    gid: 34,
    statsOf,
  });
  let atMs = 1_000;
  const take = (routingKey: string, text: string): string | null => {
    atMs += 1_000;
    return vassals.take({ routingKey, content: Buffer.from(text), atMs });
  };
  return { vassals, take };
}

describe('a message with a routing key', () => {
  test('is the configuration of the vassal of that name; an empty one takes it away', () => {
    const { vassals, take } = announced();
    expect(take('shop.ini', CONFIG)).toBeNull();
    expect(vassals.list()).toEqual([
      {
        id: 'shop.ini',
        file: '',
        folder: '/srv',
        config: CONFIG,
        mtimeMs: 2_000,
        mark: '1',
        uid: 33,
        gid: 34,
        onDemand: '',
        refusal: null,
      },
    ]);
    take('blog.ini', CONFIG);
    take('shop.ini', '');
    expect(vassals.list().map(({ id }) => id)).toEqual(['blog.ini']);
    expect(take('never-seen.ini', '')).toBeNull();
  });

  test('means a reload also when the configuration is the same', () => {
    const { vassals, take } = announced();
    take('shop.ini', CONFIG);
    const before = vassals.list()[0]?.mark;
    take('shop.ini', CONFIG);
    expect(vassals.list()[0]?.mark).not.toBe(before);
  });

  test.each([
    ['../shop.ini', CONFIG, /must not be a path/],
    ['/etc/shop.ini', CONFIG, /must not be a path/],
    ['a\nb.ini', CONFIG, /control characters/],
    ['shop', CONFIG, /no ending/],
  ])('is passed over when no vassal may have the name %j', (key, text, why) => {
    const { vassals, take } = announced();
    expect(take(key, text)).toMatch(why);
    expect(vassals.list()).toEqual([]);
  });

  test('names no user, which a tyrant asks for', () => {
    const { vassals, take } = announced({ isTyrant: true });
    take('shop.ini', CONFIG);
    expect(vassals.list()[0]?.refusal).toMatch(/no uid and gid/);
  });

  test('with what can not be sent is told as refused', () => {
    const { vassals, take } = announced();
    take('shop.ini', 'x'.repeat(70_000));
    expect(vassals.list()[0]?.refusal).toMatch(/more than 65535 bytes/);
  });
});

describe('a message without a routing key', () => {
  test('is the path of a configuration: started or reloaded when it is there, taken away when it is gone', () => {
    let isGone = false;
    const { vassals, take } = announced({ gone: () => isGone });
    expect(take('', '/srv/shop.ini\n')).toBeNull();
    expect(vassals.list()[0]).toMatchObject({
      id: '/srv/shop.ini',
      file: '/srv/shop.ini',
      config: null,
      refusal: null,
    });
    const { uid, gid } = statSync(HERE);
    expect(vassals.list()[0]).toMatchObject({ uid, gid, mark: '1' });
    take('', '/srv/shop.ini');
    expect(vassals.list()[0]?.mark).toBe('2');
    isGone = true;
    take('', '/srv/shop.ini');
    expect(vassals.list()).toEqual([]);
  });

  test.each([
    ['http://127.0.0.1/shop.ini', /asks no other machine/],
    ['shop.ini', /no absolute path/],
    ['[uwsgi]\nmaster = true', /no absolute path/],
    ['/srv/shop.ini\n/srv/blog.ini', /no absolute path/],
    ['', /no absolute path/],
    ['/srv/shop', /no ending/],
  ])('is passed over otherwise: %j', (text, why) => {
    const { vassals, take } = announced();
    expect(take('', text)).toMatch(why);
    expect(vassals.list()).toEqual([]);
  });
});

test('so many messages can not make more vassals than there may be', () => {
  const { vassals, take } = announced();
  for (let i = 0; i < 10_000; i += 1) take(`v${i}.ini`, CONFIG);
  expect(take('one-more.ini', CONFIG)).toMatch(/10000 vassals already/);
  expect(take('v1.ini', `${CONFIG}#`)).toBeNull();
  expect(vassals.list()).toHaveLength(10_000);
});
