import { expect, it } from 'vitest';
import type { EngineState, Link } from '../../../electron/contract/model.ts';
import { isLinkDown, isSilent } from './link-down.ts';

const LINK: Link = {
  status: 'attached',
  reason: null,
  code: null,
  nextTryAtMs: null,
  lastAnswerAtMs: null,
  tries: [],
};
const ENGINE: EngineState = { status: 'running', pid: 1, error: null, startedAtMs: null };

it('a server is silent while its link is down', () => {
  expect(isSilent({ engine: null, link: LINK })).toBe(false);
  expect(isSilent({ engine: null, link: { ...LINK, status: 'waiting' } })).toBe(true);
});

it('a stopped engine is silent, though no link of it is down', () => {
  const stopped = { engine: { ...ENGINE, status: 'stopped' as const }, link: { ...LINK, status: 'idle' as const } };
  expect([isLinkDown(stopped), isSilent(stopped)]).toEqual([false, true]);
  expect(isSilent({ engine: ENGINE, link: LINK })).toBe(false);
});
