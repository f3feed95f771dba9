/**
 * The Logs tab: the tail of the bundled engine's log. Attached servers write their log where only they know, so for
 * them the page says so. Pausing freezes what is shown; lines go on coming in behind it.
 */
import { FileText, Pause, Play } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { formatCount } from '../../format/quantity.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useLog, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { LogTail, Marked } from './LogTail.tsx';
import { countLevels, filterRows, type LevelFilter, type LogRow, parseLogFilter } from './log-rows.ts';
import './logs.css';

export default function LogsPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const instance = useInstance(instanceId);
  const isOurs = instance?.kind !== 'attached';

  useEffect(() => (isOurs ? stores.log.open(instanceId) : undefined), [stores, instanceId, isOurs]);

  if (!isOurs) {
    return (
      <EmptyState
        title="This server keeps its own log"
        text="It was running before Reeve attached to it, and the stats address does not carry the log. Look where logto, daemonize or the service manager puts it; Reeve shows the log of servers it runs itself."
        actions={[
          {
            id: 'config',
            icon: <FileText size={16} strokeWidth={1.75} aria-hidden />,
            title: 'Look into the configuration',
            text: 'logto, logger and daemonize say where the log goes.',
            control: (
              <Button onClick={() => stores.router.go(instanceRoute(instanceId, 'config'))}>Open configuration</Button>
            ),
          },
        ]}
      />
    );
  }
  return <LogView name={instance?.name ?? instanceId} />;
}

function LogView({ name }: { name: string }) {
  const { status, failure, lines } = useLog((state) => state);
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const [level, setLevel] = useState<LevelFilter>('all');
  const [text, setText] = useState('');
  const [selectedSeq, setSelectedSeq] = useState<number | null>(null);
  const deferredText = useDeferredValue(text);

  const shown = frozen ?? lines;
  const counts = useMemo(() => countLevels(shown), [shown]);
  const filter = useMemo(() => parseLogFilter(deferredText, level), [deferredText, level]);
  const rows = useMemo(() => filterRows(shown, filter), [shown, filter]);
  const selected = selectedSeq === null ? undefined : rows.find((row) => row.line.seq === selectedSeq);
  const isFollowing = frozen === null;
  const waiting = isFollowing ? 0 : newerThan(lines, frozen.at(-1)?.seq ?? 0);

  function toggle(): void {
    setFrozen(isFollowing ? lines : null);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isField = event.target instanceof HTMLElement && event.target.matches('input, button, textarea');
    if (event.key !== ' ' || isField) return;
    event.preventDefault();
    toggle();
  }

  if (status === 'failed' && failure) return <ErrorBand title={failure.message} text={failure.hint} />;
  if (status === 'loading' && lines.length === 0) return <p className="calm">Reading the log of {name}</p>;
  return (
    <div className="logs-page" onKeyDown={onKeyDown} role="presentation">
      <div className="tool">
        <FilterField label="Filter, -word leaves out" value={text} onChange={setText} widthPx={260} />
        <Segmented
          label="Level"
          value={level}
          onChange={setLevel}
          options={[
            { id: 'all', label: 'All', count: counts.all },
            { id: 'request', label: 'requests', count: counts.request },
            { id: 'info', label: 'info', count: counts.info },
            { id: 'warning', label: 'warnings', count: counts.warning },
            { id: 'error', label: 'errors', count: counts.error },
          ]}
        />
        <span className="grow" />
        <CopyButton
          size="sm"
          variant="quiet"
          text={() => textOfRows(rows)}
          label={`Copy the ${rows.length} lines shown`}
        >
          Copy
        </CopyButton>
        <Button
          size="sm"
          aria-pressed={!isFollowing}
          icon={
            isFollowing ? (
              <Pause size={12} strokeWidth={1.75} aria-hidden />
            ) : (
              <Play size={12} strokeWidth={1.75} aria-hidden />
            )
          }
          onClick={toggle}
        >
          {isFollowing ? 'Pause' : 'Follow'} <Kbd keys="Space" />
        </Button>
      </div>
      <div className="log-head" aria-hidden>
        <span>Time</span>
        <span className="r">pid</span>
        <span>Method</span>
        <span>Address or message</span>
        <span className="r">Status</span>
        <span className="r">Time taken</span>
        <span className="r">Size</span>
        <span>Client</span>
      </div>
      {rows.length === 0 ? (
        <p className="calm grow">
          {shown.length === 0
            ? 'Nothing has been logged yet.'
            : `No line matches. ${formatCount(shown.length)} are hidden. `}
          {shown.length === 0 ? null : (
            <button
              type="button"
              className="btn-link"
              onClick={() => {
                setText('');
                setLevel('all');
              }}
            >
              Clear filter
            </button>
          )}
        </p>
      ) : (
        <LogTail
          rows={rows}
          words={filter.wanted}
          isFollowing={isFollowing}
          selectedSeq={selectedSeq}
          onSelect={setSelectedSeq}
          onLeaveEnd={() => setFrozen((frozen) => frozen ?? lines)}
        />
      )}
      {selected ? <LineInFull row={selected} words={filter.wanted} /> : null}
      <div className="log-foot">
        <span className="row g3">
          <HealthGlyph level={isFollowing ? 'ok' : 'off'} silent />
          {isFollowing ? 'following' : waiting === 0 ? 'paused' : `paused, ${formatCount(waiting)} new lines behind it`}
        </span>
        <span className="m">
          {formatCount(rows.length)} of {formatCount(shown.length)} lines
        </span>
        <span className="q">log of the bundled engine, newest {formatCount(10_000)} lines</span>
      </div>
    </div>
  );
}

/** The chosen line with nothing cut off. */
function LineInFull({ row, words }: { row: LogRow; words: readonly string[] }) {
  return (
    <div className="log-full" role="region" aria-label="Line in full">
      <pre>
        <Marked text={row.text} words={words} />
      </pre>
      <CopyButton size="sm" variant="quiet" label="Copy this line" text={() => row.text} />
    </div>
  );
}

function textOfRows(rows: readonly LogRow[]): string {
  return `${rows.map((row) => row.text).join('\n')}\n`;
}

/** Lines are in the order of their numbers: count from the end. */
function newerThan(lines: readonly LogLine[], seq: number): number {
  const last = lines.findLastIndex((line) => line.seq <= seq);
  return lines.length - 1 - last;
}
