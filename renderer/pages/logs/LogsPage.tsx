/**
 * The Logs tab: the tail of one of the instance's logs, wherever it is. Pausing freezes what is shown; lines go on
 * coming in behind it. Without a log that can be read the page says why, and the line that would add one.
 */
import { FileText } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { LogLine, LogSources } from '../../../electron/contract/logs-model.ts';
import type { Instance } from '../../../electron/contract/model.ts';
import { offerFile } from '../../commands/offer-file.ts';
import { formatBytes, formatCount, quantityText } from '../../format/quantity.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useLog, useNow, useStores, useWatch } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { SecretsSwitch } from '../requests/SecretsSwitch.tsx';
import { AddFileDialog } from './AddFileDialog.tsx';
import { LogSourceMenu } from './LogSourceMenu.tsx';
import { LogTail, Marked } from './LogTail.tsx';
import { LogToolbar } from './LogToolbar.tsx';
import { logRequests } from './log-requests.ts';
import { countKinds, filterLines, type KindFilter, parseLogFilter, SLOW_MS } from './log-rows.ts';
import { type Folded, foldTracebacks } from './tracebacks.ts';
import { useRevealedLines } from './use-revealed-lines.ts';
import './logs.css';

const NOTHING: Folded['under'] = new Map();

export default function LogsPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const instance = useInstance(instanceId);
  const sources = useLog((state) => state.sources);
  const source = useLog((state) => state.source);
  useEffect(() => stores.log.open(instanceId), [stores, instanceId]);
  if (sources !== null && source === null) return <NoLog instanceId={instanceId} sources={sources} />;
  return <LogView instance={instance} instanceId={instanceId} />;
}

function NoLog({ instanceId, sources }: { instanceId: string; sources: LogSources }) {
  const { router, log } = useStores();
  const line = sources.advice?.line ?? null;
  return (
    <EmptyState
      title="No log can be read"
      text={sources.advice?.text ?? 'Where its log goes is not known.'}
      actions={[
        ...(line === null
          ? []
          : [
              {
                id: 'line',
                icon: <FileText size={16} strokeWidth={1.75} aria-hidden />,
                title: <span className="m">{line}</span>,
                text: 'A line of the section [uwsgi]; it takes effect at the next reload.',
                control: (
                  <span className="row g4">
                    <CopyButton label="Copy the line" text={() => line}>
                      Copy
                    </CopyButton>
                    <Button onClick={() => router.go(instanceRoute(instanceId, 'config'))}>Open configuration</Button>
                  </span>
                ),
              },
            ]),
        ...sources.sources.map((one) => ({
          id: one.id,
          icon: <FileText size={16} strokeWidth={1.75} aria-hidden />,
          title: one.title,
          text: `${one.origin}. ${one.whyNot ?? ''}`,
          control:
            one.type === 'file' && one.id.startsWith('file:') ? (
              <Button onClick={() => log.choose(one.id)}>Wait for it</Button>
            ) : null,
        })),
      ]}
    />
  );
}

function LogView({ instance, instanceId }: { instance: Instance | undefined; instanceId: string }) {
  const { log } = useStores();
  const { status, failure, lines, sources, source, feed } = useLog((state) => state);
  const workers = useWatch((state) => state.workers);
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const [kind, setKind] = useState<KindFilter>('all');
  const [text, setText] = useState(() => logRequests.take(instanceId) ?? '');
  const [search, setSearch] = useState('');
  const [isSlowOnly, setIsSlowOnly] = useState(false);
  const [selectedSeq, setSelectedSeq] = useState<number | null>(null);
  const [showSelected, setShowSelected] = useState(0);
  const [isRaw, setIsRaw] = useState(false);
  const [isAddingFile, setIsAddingFile] = useState(false);
  const nowMs = useNow();
  const { revealed, show, hide } = useRevealedLines(instanceId, source);
  const deferredText = useDeferredValue(text);
  const needle = useDeferredValue(search).trim().toLowerCase();

  const shown = frozen ?? lines;
  const counts = useMemo(() => countKinds(shown), [shown]);
  const filter = useMemo(
    () => parseLogFilter(deferredText, kind, isSlowOnly ? SLOW_MS : null),
    [deferredText, kind, isSlowOnly],
  );
  const pids = workers.map(({ wid, pid }) => `${wid}=${pid}`).join(' ');
  const folded = useMemo(() => (isRaw ? { rows: shown, under: NOTHING } : foldTracebacks(shown)), [shown, isRaw]);
  const rows = useMemo(() => filterLines(folded.rows, filter, pidsOf(pids), folded.under), [folded, filter, pids]);
  const secretCount = useMemo(() => shown.reduce((count, line) => count + (line.hasSecrets ? 1 : 0), 0), [shown]);
  const matches = useMemo(
    () => (needle === '' ? [] : rows.filter((row) => row.text.toLowerCase().includes(needle))),
    [rows, needle],
  );
  const words = useMemo(() => (needle === '' ? filter.wanted : [...filter.wanted, needle]), [filter, needle]);
  const selected = selectedSeq === null ? undefined : rows.find((row) => row.seq === selectedSeq);
  const isFollowing = frozen === null;
  const waiting = isFollowing ? 0 : newerThan(lines, frozen.at(-1)?.seq ?? 0);
  const name = instance?.name ?? instanceId;

  function choose(id: string): void {
    setFrozen(null);
    setSelectedSeq(null);
    setIsAddingFile(false);
    log.choose(id);
  }

  function toggle(): void {
    setFrozen(isFollowing ? lines : null);
  }

  function step(by: 1 | -1): void {
    if (matches.length === 0) return;
    const at = matches.findIndex((row) => row.seq === selectedSeq);
    // From nothing chosen the search goes up from the newest line.
    const next = at < 0 ? matches.length - 1 : (at + by + matches.length) % matches.length;
    setFrozen((frozen) => frozen ?? lines);
    setSelectedSeq(matches[next]?.seq ?? null);
    setShowSelected((count) => count + 1);
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
      <LogToolbar
        text={text}
        onText={setText}
        problem={filter.problem}
        kind={kind}
        onKind={setKind}
        counts={counts}
        isSlowOnly={isSlowOnly}
        onSlowOnly={() => setIsSlowOnly(!isSlowOnly)}
        search={search}
        onSearch={setSearch}
        found={
          needle === '' ? null : { at: matches.findIndex((row) => row.seq === selectedSeq) + 1, of: matches.length }
        }
        onStep={step}
        shownCount={linesIn(rows, folded)}
        onAddFile={() => setIsAddingFile(true)}
        isRaw={isRaw}
        onRaw={() => setIsRaw(!isRaw)}
        textOfShown={() => textOf(rows, folded)}
        onDownload={() => offerFile(`${name.replace(/[^\w.-]+/g, '-')}.log`, textOf(rows, folded))}
        isFollowing={isFollowing}
        onToggle={toggle}
      />
      {feed?.status === 'waiting' ? <ErrorBand title={feed.reason ?? ''} text={feed.hint} /> : null}
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
                setKind('all');
                setIsSlowOnly(false);
              }}
            >
              Clear filter
            </button>
          )}
        </p>
      ) : (
        <LogTail
          rows={rows}
          under={folded.under}
          revealed={revealed.bySeq}
          isRaw={isRaw}
          onFilter={setText}
          words={words}
          isFollowing={isFollowing}
          selectedSeq={selectedSeq}
          showSelected={showSelected}
          onSelect={setSelectedSeq}
          onLeaveEnd={() => setFrozen((frozen) => frozen ?? lines)}
        />
      )}
      {selected && !folded.under.has(selected.seq) ? (
        <LineInFull row={selected} shownText={revealed.bySeq.get(selected.seq)?.text ?? selected.text} words={words} />
      ) : null}
      <div className="log-foot">
        <span className="row g3">
          <HealthGlyph level={isFollowing && feed?.status !== 'waiting' ? 'ok' : 'off'} silent />
          {footWords(isFollowing, waiting, feed?.status === 'waiting')}
        </span>
        <span className="m">
          {formatCount(linesIn(rows, folded))} of {formatCount(shown.length)} lines match
        </span>
        <LogSourceMenu sources={sources?.sources ?? []} source={source} onChoose={choose} />
        <span className="q">
          {instance === undefined || instance.machine === 'local' ? '' : `over SSH from ${instance.hostName}`}
          {(feed?.bytesPerSec ?? null) === null ? '' : ` ${quantityText(formatBytes(feed?.bytesPerSec ?? 0))}/s`}
        </span>
        <span className="grow" />
        {secretCount === 0 && revealed.failure === null ? null : (
          <SecretsSwitch
            title={`Show secrets in the log of ${name}`}
            text="Cookies, authorisation, tokens, passwords and query values in lines of this log are shown on this page for 1 min."
            label={`Secrets hidden in ${formatCount(secretCount)} ${secretCount === 1 ? 'line' : 'lines'}`}
            untilMs={revealed.untilMs}
            nowMs={nowMs}
            failure={revealed.failure}
            onShow={show}
            onHide={hide}
          />
        )}
      </div>
      {isAddingFile ? (
        <AddFileDialog
          hostName={instance?.hostName ?? 'this machine'}
          onClose={() => setIsAddingFile(false)}
          onAdd={(path) => choose(`file:${path}`)}
        />
      ) : null}
    </div>
  );
}

/** The chosen line with nothing cut off. */
function LineInFull({ row, shownText, words }: { row: LogLine; shownText: string; words: readonly string[] }) {
  return (
    <div className="log-full" role="region" aria-label="Line in full">
      <pre>
        <Marked text={shownText} words={words} />
      </pre>
      <CopyButton size="sm" variant="quiet" label="Copy this line" text={() => row.text} />
    </div>
  );
}

function footWords(isFollowing: boolean, waiting: number, isStopped: boolean): string {
  if (isFollowing) return isStopped ? 'waiting' : 'following';
  return waiting === 0 ? 'paused' : `paused, ${formatCount(waiting)} new lines behind it`;
}

function pidsOf(text: string): ReadonlyMap<number, number> {
  const pairs = text.split(' ').map((pair) => pair.split('=').map(Number));
  return new Map(pairs.map(([wid = 0, pid = 0]) => [wid, pid]));
}

/** Rows and what is folded under them. */
function linesIn(rows: readonly LogLine[], { under }: Folded): number {
  return rows.reduce((sum, { seq }) => sum + 1 + (under.get(seq)?.filter((line) => line.seq !== seq).length ?? 0), 0);
}

/** Folded lines where they stand in the log. */
function textOf(rows: readonly LogLine[], { under }: Folded): string {
  const all = rows.flatMap((row) => [row, ...(under.get(row.seq) ?? [])]);
  const bySeq = new Map(all.map((line) => [line.seq, line.text]));
  const inOrder = [...bySeq].sort(([a], [b]) => a - b);
  return `${inOrder.map(([, text]) => text).join('\n')}\n`;
}

/** Lines are in the order of their numbers: count from the end. */
function newerThan(lines: readonly LogLine[], seq: number): number {
  const last = lines.findLastIndex((line) => line.seq <= seq);
  return lines.length - 1 - last;
}
