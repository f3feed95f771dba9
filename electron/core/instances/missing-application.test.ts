import { expect, it } from 'vitest';
import type { StatsApp } from '../../../engine/api/stats.ts';
import { aDocument, aStatsWorker } from '../testing/stats-fixture.ts';
import { missingApplication } from './missing-application.ts';

const MODULE = 'module = shop.wsgi';
const app: StatsApp = { id: 0, modifier1: 0, mountpoint: '', startup_time: 0, requests: 0, exceptions: 0, chdir: '' };
const fresh = aStatsWorker({ accepting: 1, delta_requests: 0, apps: [] });
const served = aStatsWorker({ accepting: 1, delta_requests: 1, apps: [] });
const good = aStatsWorker({ accepting: 1, delta_requests: 1, apps: [app] });

it('is told of by a worker of uWSGI that has served without one, and by none that may be loading it still', () => {
  expect(missingApplication(MODULE, aDocument({ workers: [fresh, served] }))).toBe(MODULE);
  expect(missingApplication(MODULE, aDocument({ workers: [fresh, fresh] }))).toBeNull();
});

it('is told of by each worker of the engine that is ready', () => {
  const version = 'reeve-0.1.0';
  expect(missingApplication(MODULE, aDocument({ version, workers: [fresh] }))).toBe(MODULE);
  expect(missingApplication(MODULE, aDocument({ version, workers: [{ ...fresh, accepting: 0 }] }))).toBeNull();
});

it('is none when a worker has it, when none is configured, and where nobody serves', () => {
  expect(missingApplication(MODULE, aDocument({ workers: [served, good] }))).toBeNull();
  expect(missingApplication(null, aDocument({ workers: [served] }))).toBeNull();
  expect(missingApplication(MODULE, aDocument({ workers: [{ ...served, pid: 0 }] }))).toBeNull();
  expect(missingApplication(MODULE, null)).toBeNull();
});
