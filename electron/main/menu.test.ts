import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MenuItem } from './electron-port.ts';
import { menuTemplate } from './menu.ts';

const pageCommands = readFileSync(join(import.meta.dirname, '../../renderer/commands/commands.ts'), 'utf8');

function itemsOf(platform: NodeJS.Platform, isPackaged: boolean, runCommand: (id: string) => void): MenuItem[] {
  const menus = menuTemplate({ platform, isPackaged, runCommand });
  return menus.concat(menus.flatMap(({ submenu }) => submenu ?? []));
}

function rolesOf(platform: NodeJS.Platform, isPackaged: boolean): (string | undefined)[] {
  return itemsOf(platform, isPackaged, () => undefined).map(({ role }) => role);
}

describe('menuTemplate', () => {
  it('runs only commands that the page has', () => {
    const ids: string[] = [];
    for (const item of itemsOf('linux', false, (id) => ids.push(id))) item.click?.();
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.filter((id) => !pageCommands.includes(`id: '${id}'`))).toEqual([]);
  });

  it('gives no two items one key', () => {
    const keys = itemsOf('darwin', false, () => undefined).flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has the application menu on a Mac and a way to quit elsewhere', () => {
    expect(rolesOf('darwin', true)).toContain('appMenu');
    expect(rolesOf('darwin', true)).not.toContain('quit');
    expect(rolesOf('linux', true)).toContain('quit');
  });

  it('has developer tools in a checkout only', () => {
    expect(rolesOf('linux', false)).toContain('toggleDevTools');
    expect(rolesOf('linux', true)).not.toContain('toggleDevTools');
  });
});
