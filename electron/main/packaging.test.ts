import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** electron-builder's own reader and schema check, which its command line runs before anything else. */
interface BuilderConfig {
  getConfig(folder: string, path: string | null, fromApi: null): Promise<Record<string, unknown>>;
  validateConfiguration(config: unknown, log: { isEnabled: boolean; add(): void }): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const builder: BuilderConfig = fromBuilder('app-builder-lib/out/util/config/config');
const quiet = { isEnabled: false, add: () => undefined };

describe('the packaging', () => {
  it('passes electron-builder’s schema check', async () => {
    await builder.validateConfiguration(await builder.getConfig(root, 'electron-builder.yml', null), quiet);
  });

  it('is checked by a schema that refuses what it does not know', async () => {
    const config = { ...(await builder.getConfig(root, 'electron-builder.yml', null)), electronFuse: {} };
    await expect(builder.validateConfiguration(config, quiet)).rejects.toThrow('electronFuse');
  });

  it('closes every way to run other code with the application’s rights', async () => {
    const { electronFuses } = await builder.getConfig(root, 'electron-builder.yml', null);
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('has targets for macOS, Windows and Linux', async () => {
    const config = await builder.getConfig(root, 'electron-builder.yml', null);
    expect(['mac', 'win', 'linux'].map((platform) => targetsOf(config[platform]))).toEqual([
      ['dmg', 'zip'],
      ['nsis', 'zip'],
      ['AppImage', 'deb', 'tar.gz'],
    ]);
  });

  it('names icons that exist and are large enough', () => {
    expect(existsSync(join(root, 'resources/icons/trayTemplate@2x.png'))).toBe(true);
    const png = readFileSync(join(root, 'resources/icons/icon.png'));
    // Width and height stand at bytes 16 and 20 of a PNG.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 1024]);
  });
});

function targetsOf(platform: unknown): unknown[] {
  if (typeof platform !== 'object' || platform === null || !('target' in platform)) return [];
  return Array.isArray(platform.target) ? platform.target.map(({ target }) => target) : [];
}
