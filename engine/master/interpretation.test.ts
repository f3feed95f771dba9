import { expect, it } from 'vitest';
import { buildSettings } from '../config/build-settings.ts';
import { resolveConfig } from '../config/resolve.ts';
import type { EngineSettings } from '../config/settings.ts';
import { memoryHost } from '../config/test-host.ts';
import { objectionTo } from './interpretation.ts';
import type { RuntimePlace } from './runtimes.ts';

const place: RuntimePlace = {
  env: process.env,
  cwd: '/',
  folder: null,
  resourcesFolder: '/resources',
  token: '',
  controlEndpoint: '',
  commonsEndpoint: '',
  gatewayEndpoints: [],
  runFolder: '',
  bodyFolder: '',
};

function settingsOf(lines: string): EngineSettings {
  const resolved = resolveConfig(['--ini', 'a.ini'], memoryHost({ 'a.ini': `[uwsgi]\n${lines}` }));
  const built = resolved.ok ? buildSettings(resolved) : null;
  if (built?.ok !== true) throw new Error('no settings');
  return built.settings;
}

it('an emperor that has run alone can not come to answer by a reload, nor the other way round', () => {
  const alone = settingsOf('emperor = /v');
  const serving = settingsOf('emperor = /v\nhttp-socket = :8080');
  expect(objectionTo(serving, alone, place)).toContain(
    'has an address to answer on now, which only a start can follow',
  );
  expect(objectionTo(alone, serving, place)).toContain('has no address to answer on any more');
  expect(objectionTo(settingsOf('emperor = /w'), alone, place)).toBeNull();
});
