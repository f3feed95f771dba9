/** Settings: what was done to servers from here, newest first; filtered by words, and handed out as a file. */
import { Download, RefreshCw } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { AuditEntry } from '../../../electron/contract/logs-model.ts';
import { offerFile } from '../../commands/offer-file.ts';
import { FailureText } from '../../dialogs/FailureText.tsx';
import { useCall } from '../../dialogs/use-call.ts';
import { formatCount } from '../../format/quantity.ts';
import { formatClock } from '../../format/time.ts';
import { useAttachedEffect } from '../../stores/use-attached-effect.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { exportText, filterEntries, titleOf } from './audit-rows.ts';

const MOST_ASKED = 1_000;
const MOST_SHOWN = 100;
const ICON = { size: 12, strokeWidth: 1.75, 'aria-hidden': true } as const;
const LEVELS = { begun: 'off', done: 'ok', failed: 'crit', refused: 'warn' } as const;

export function AuditSetting() {
  const { client } = useStores();
  const nowMs = useNow();
  const [entries, setEntries] = useState<readonly AuditEntry[]>([]);
  const [text, setText] = useState('');
  const { run, failure } = useCall();
  const read = useCallback(
    () =>
      run(
        () => client.call('audit.list', { most: MOST_ASKED }),
        (result) => setEntries(result.entries),
      ),
    [run, client],
  );
  useAttachedEffect(read);
  const found = filterEntries(entries, text);
  const shown = found.slice(0, MOST_SHOWN);
  return (
    <section className="setting wide" aria-label="What was done">
      <div className="row g4">
        <div className="grow">
          <h2 className="md t13">What was done</h2>
          <p className="s2">
            To servers, from this console: who, where, under which host key, with what result. Without secrets, in
            audit.log of the data folder.
          </p>
        </div>
        <FilterField label="Filter what was done" placeholder="Filter" value={text} onChange={setText} widthPx={160} />
        <Button size="sm" variant="quiet" icon={<RefreshCw {...ICON} />} onClick={read}>
          Read again
        </Button>
        <Button
          size="sm"
          variant="quiet"
          icon={<Download {...ICON} />}
          disabledReason={found.length === 0 ? 'There is nothing to export.' : null}
          onClick={() => offerFile('reeve-actions.jsonl', exportText(found))}
        >
          Export
        </Button>
      </div>
      {failure ? <FailureText failure={failure} /> : null}
      {shown.length === 0 ? (
        <p className="q">{entries.length === 0 ? 'Nothing yet.' : `None of ${formatCount(entries.length)} matches.`}</p>
      ) : (
        <ol className="host-rows audit-rows">
          {shown.map((entry, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- entries have no name of their own
            <AuditRow key={`${entry.atMs} ${index}`} entry={entry} nowMs={nowMs} />
          ))}
        </ol>
      )}
      {found.length > shown.length ? (
        <p className="q">
          The newest {formatCount(shown.length)} of {formatCount(found.length)}
          {entries.length === MOST_ASKED ? ' or more' : ''}. Filter for others, or export them.
        </p>
      ) : null}
    </section>
  );
}

function AuditRow({ entry, nowMs }: { entry: AuditEntry; nowMs: number }) {
  const { atMs, who, instance, machine, hostKey, detail, result, reason } = entry;
  const place = machine === 'local' ? 'this machine' : machine;
  return (
    <li className="record-row">
      <span className="m s2">{formatClock(atMs, nowMs)}</span>
      <HealthGlyph level={LEVELS[result]} silent />
      <span>
        <span className="md">{titleOf(entry)}</span> {instance ?? place}
        {result === 'done' ? null : <span className="q">, {result}</span>}
        {instance === null || machine === 'local' ? null : <span className="q"> on {machine}</span>}
        <span className="q"> by {who}</span>
        <br />
        <span className="s2 t11">{[detail, reason, hostKey].filter(Boolean).join(' · ')}</span>
      </span>
    </li>
  );
}
