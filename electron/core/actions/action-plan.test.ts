import { describe, expect, it } from 'vitest';
import type { ActionKind } from '../../contract/actions-model.ts';
import { aDocument } from '../testing/stats-fixture.ts';
import { type ActionFacts, planAction } from './action-plan.ts';

function facts(more: Partial<ActionFacts> = {}): ActionFacts {
  return {
    document: aDocument({}),
    emperor: null,
    machineName: 'web1',
    sudo: false,
    fifo: { path: '/run/app.fifo', trouble: null },
    signalTrouble: null,
    logPath: '/var/log/app.log',
    isOwnEngine: false,
    canScale: true,
    wid: null,
    ...more,
  };
}

describe('an action on a server', () => {
  it('shows exactly what is written, on which machine, as whom', () => {
    expect(planAction('log-reopen', facts({ sudo: true }))).toMatchObject({
      whyNot: null,
      action: ['on web1, through sudo -n', 'open /run/app.fifo', expect.any(String), 'write "l", close'],
    });
  });

  it.each<ActionKind>(['scale-up', 'scale-down'])('%s is not offered where uWSGI would ignore it', (kind) => {
    expect(planAction(kind, facts({ canScale: false }))).toMatchObject({
      way: null,
      whyNot: expect.stringContaining("'cheaper'"),
    });
  });

  it('takes a signal where there is no FIFO, and says what is missing where there is neither', () => {
    expect(planAction('stop', facts({ fifo: null })).way).toMatchObject({ type: 'signal', signal: 'INT' });
    const denied = 'Process 7 can not be signalled: permission denied.';
    expect(planAction('stop', facts({ fifo: null, signalTrouble: denied })).whyNot).toBe(denied);
    expect(planAction('log-rotate', facts({ fifo: null })).whyNot).toContain('master-fifo');
    expect(planAction('log-rotate', facts({ logPath: null })).whyNot).toContain('logto');
  });
});
