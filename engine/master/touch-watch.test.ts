import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TouchSetting } from '../config/settings.ts';
import { TouchWatch } from './touch-watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-touch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let lastFile = 0;
/** A path of its own, and the setting that reloads by it. */
function fresh(): { path: string; touch: TouchSetting } {
  const path = join(folder, `file-${++lastFile}`);
  return { path, touch: { path, action: { type: 'reload' } } };
}

async function watching(...touches: TouchSetting[]): Promise<TouchWatch> {
  const watch = new TouchWatch();
  await watch.watch(touches);
  return watch;
}

describe('a watched file', () => {
  it('counts when its time changes, to an older one, too, and once', async () => {
    const { path, touch } = fresh();
    writeFileSync(path, '');
    const watch = await watching(touch);
    expect(await watch.look()).toEqual([]);
    for (const time of [2_000_000_000, 1_000_000_000]) {
      utimesSync(path, time, time);
      expect(await watch.look()).toEqual([touch]);
      expect(await watch.look()).toEqual([]);
    }
  });

  it('counts when it is made, when it is made anew, and not when it vanishes', async () => {
    const { path, touch } = fresh();
    const watch = await watching(touch);
    expect(await watch.look()).toEqual([]);
    writeFileSync(path, '');
    utimesSync(path, 1, 1);
    expect(await watch.look()).toEqual([touch]);
    rmSync(path);
    expect(await watch.look()).toEqual([]);
    writeFileSync(path, '');
    utimesSync(path, 1, 1);
    expect(await watch.look()).toEqual([touch]);
  });

  it('counts when another file of the same time takes its place', async () => {
    const { path, touch } = fresh();
    for (const name of [path, `${path}.new`]) {
      writeFileSync(name, '');
      utimesSync(name, 1, 1);
    }
    const watch = await watching(touch);
    renameSync(`${path}.new`, path);
    expect(await watch.look()).toEqual([touch]);
  });

  it('serves several actions at once, each in its order', async () => {
    const { path, touch } = fresh();
    const second: TouchSetting = { path, action: { type: 'exec', command: 'true' } };
    const watch = await watching(touch, second);
    writeFileSync(path, '');
    expect(await watch.look()).toEqual([touch, second]);
  });

  it('is not forgotten when the watch goes over to other files, and a new one starts as it is', async () => {
    const [kept, added] = [fresh(), fresh()];
    writeFileSync(kept.path, '');
    const watch = await watching(kept.touch);
    utimesSync(kept.path, 1, 1);
    writeFileSync(added.path, '');
    await watch.watch([kept.touch, added.touch]);
    expect(await watch.look()).toEqual([kept.touch]);
    await watch.watch([added.touch]);
    utimesSync(kept.path, 2, 2);
    expect(await watch.look()).toEqual([]);
  });
});
