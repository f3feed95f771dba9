import { describe, expect, it } from 'vitest';
import { dataFolderPath } from './data-folder.ts';

const home = '/home/ada';

describe('dataFolderPath', () => {
  it('follows the XDG rules on Linux', () => {
    expect(dataFolderPath({ platform: 'linux', env: {}, home }, '/')).toBe('/home/ada/.local/share/reeve');
    expect(dataFolderPath({ platform: 'linux', env: { XDG_DATA_HOME: '/data' }, home }, '/')).toBe('/data/reeve');
  });

  it('ignores a relative XDG_DATA_HOME, as the specification says', () => {
    const env = { XDG_DATA_HOME: 'data' };
    expect(dataFolderPath({ platform: 'linux', env, home }, '/')).toBe('/home/ada/.local/share/reeve');
  });

  it('follows the rules of macOS and Windows', () => {
    expect(dataFolderPath({ platform: 'darwin', env: {}, home }, '/')).toBe(
      '/home/ada/Library/Application Support/Reeve',
    );
    const env = { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' };
    expect(dataFolderPath({ platform: 'win32', env, home: 'C:\\Users\\ada' }, 'C:\\')).toBe(
      'C:\\Users\\ada\\AppData\\Roaming\\Reeve',
    );
  });

  it('lets REEVE_DATA override, relative to the working folder', () => {
    expect(dataFolderPath({ platform: 'linux', env: { REEVE_DATA: 'here' }, home }, '/tmp')).toBe('/tmp/here');
    expect(dataFolderPath({ platform: 'darwin', env: { REEVE_DATA: '/there' }, home }, '/tmp')).toBe('/there');
  });
});
