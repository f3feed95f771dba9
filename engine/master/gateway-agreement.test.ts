import { expect, test } from 'vitest';
import { Agreement } from './gateway-agreement.ts';

function ofTwo(): Agreement {
  const agreement = new Agreement();
  agreement.parties = 2;
  return agreement;
}

test('one gateway is believed at once', () => {
  const message = { type: 'worker-connected', spawnId: 1 } as const;
  expect(new Agreement().said(0, message)).toBe(message);
});

test('a worker is connected, retired or gone when the last gateway has said so, whoever says it twice', () => {
  const agreement = ofTwo();
  for (const message of [
    { type: 'worker-connected', spawnId: 1 },
    { type: 'retired', spawnId: 1 },
    { type: 'core-lost', spawnId: 1, core: 0, lostRequest: false },
    { type: 'drained' },
  ] as const) {
    expect(agreement.said(0, message)).toBeNull();
    expect(agreement.said(0, message)).toBeNull();
    expect(agreement.said(1, message)).toBe(message);
    expect(agreement.said(1, message)).toBeNull();
    expect(agreement.said(0, message)).toBe(message);
  }
});

test('two cores of a worker are two things', () => {
  const agreement = ofTwo();
  expect(agreement.said(0, { type: 'core-lost', spawnId: 1, core: 0, lostRequest: false })).toBeNull();
  expect(agreement.said(1, { type: 'core-lost', spawnId: 1, core: 1, lostRequest: false })).toBeNull();
});

test('what the dead have said does not count', () => {
  const agreement = ofTwo();
  agreement.said(0, { type: 'drained' });
  agreement.forget();
  expect(agreement.said(1, { type: 'drained' })).toBeNull();
});
