/** Settings: what was done to servers from this console, newest first. Read only: the record is a file of its own. */
import { useCallback, useState } from 'react';
import type { AuditEntry } from '../../../electron/contract/logs-model.ts';
import { FailureText } from '../../dialogs/FailureText.tsx';
import { useCall } from '../../dialogs/use-call.ts';
import { formatClock } from '../../format/time.ts';
import { useAttachedEffect } from '../../stores/use-attached-effect.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';

const FEW = 12;
const MANY = 1_000;

export function RecordSetting() {
  const { client } = useStores();
  const nowMs = useNow();
  const [entries, setEntries] = useState<readonly AuditEntry[] | null>(null);
  const { run, failure } = useCall();
  const load = useCallback(
    (most: number) =>
      run(
        () => client.call('audit.list', { most }),
        (result) => setEntries(result.entries),
      ),
    [run, client],
  );
  useAttachedEffect(useCallback(() => load(FEW), [load]));
  const shown = entries ?? [];
  return (
    <section className="setting wide" aria-label="Record">
      <div className="row g4">
        <div className="grow">
          <h2 className="md t13">Record</h2>
          <p className="s2">
            {entries?.length === 0
              ? 'Nothing was done to a server from here yet. Reloads, saves, sign-ins and shown secrets are kept here.'
              : 'What was done to servers from here, newest first, without secrets. Kept in audit.log of the data folder.'}
          </p>
        </div>
        {shown.length === FEW ? <Button onClick={() => load(MANY)}>Show all</Button> : null}
      </div>
      {failure ? <FailureText failure={failure} /> : null}
      {shown.length === 0 ? null : (
        <ol className="host-rows record">
          {shown.map((entry, index) => (
            <li className="record-row" key={`${entry.atMs} ${shown.length - index}`}>
              <span className="m s2">{formatClock(entry.atMs, nowMs)}</span>
              <HealthGlyph level={LEVELS[entry.result]} />
              <span>
                <span className="md">{ACTIONS[entry.action] ?? entry.action}</span>{' '}
                {entry.instance ?? (entry.machine === 'local' ? 'this machine' : entry.machine)}
                {entry.result === 'done' ? null : <span className="q">, {entry.result}</span>}
                {entry.instance === null || entry.machine === 'local' ? null : (
                  <span className="q"> on {entry.machine}</span>
                )}
                <span className="q"> by {entry.who}</span>
                <br />
                <span className="s2 t11">
                  {entry.detail}
                  {entry.reason === null ? null : ` ${entry.reason}`}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const LEVELS = { begun: 'off', done: 'ok', failed: 'crit', refused: 'warn' } as const;
const ACTIONS: Readonly<Record<string, string>> = {
  reload: 'Reload',
  'config.save': 'Save',
  'fleet.import': 'Import',
  'host-key.forget': 'Forget host key',
  'host-key.trust': 'Trust host key',
  'log.show': 'Show secrets of the log',
  'requests.show': 'Show secrets of requests',
  'ssh.sign-in': 'Sign in',
};
