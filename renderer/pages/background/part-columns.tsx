/** The columns of each part of the Background tab. */
import type {
  AlarmRow,
  CacheRow,
  CronRow,
  DaemonRow,
  LockRow,
  MuleRow,
  SignalRow,
  TimerRow,
} from '../../../electron/contract/background-model.ts';
import { formatBytes, formatCount, formatRate, formatShare, UNKNOWN_TEXT } from '../../format/quantity.ts';
import { formatAge, formatClock, formatLongTime } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { cronFields, cronSignal, cronWords } from './cron-words.ts';
import type { Column } from './FactTable.tsx';

export function cronColumns(nowMs: number, openLog: () => void): Column<CronRow>[] {
  return [
    {
      title: 'Command',
      mono: true,
      cell: (cron) => (cron.signal === null ? cron.command : <span className="q">{cronSignal(cron)}</span>),
      hint: ({ command }) => command,
    },
    { title: 'When', widthPx: 190, cell: cronWords, hint: cronFields },
    {
      title: 'Now',
      widthPx: 100,
      cell: ({ pid, lastStartedAtMs }) =>
        pid === null ? (
          <span className="q">{UNKNOWN_TEXT}</span>
        ) : (
          <span className="row g3">
            <StateGlyph status="busy" silent />
            <span>
              runs <span className="m q">{lastStartedAtMs === null ? '' : formatAge(nowMs - lastStartedAtMs)}</span>
            </span>
          </span>
        ),
      hint: ({ pid }) => (pid === null ? '' : `pid ${pid}`),
    },
    {
      title: 'Last run',
      widthPx: 96,
      numeric: true,
      spare: true,
      cell: ({ lastStartedAtMs }) => clock(lastStartedAtMs, nowMs),
    },
    { title: 'Result', widthPx: 80, cell: cronResult },
    { title: 'Runs', widthPx: 52, numeric: true, spare: true, cell: ({ runs }) => <Count of={runs} /> },
    {
      title: 'Next run',
      widthPx: 120,
      numeric: true,
      cell: ({ nextAtMs }) =>
        nextAtMs === null ? (
          <span className="z">never</span>
        ) : (
          <>
            {minuteText(nextAtMs, nowMs)}
            {isSoon(nextAtMs, nowMs) ? <span className="q"> in {formatAge(nextAtMs - nowMs)}</span> : null}
          </>
        ),
    },
    {
      title: 'Output',
      widthPx: 60,
      cell: ({ command, signal }) =>
        signal === null ? (
          <button type="button" className="btn-link" aria-label={`Log of ${command}`} onClick={openLog}>
            Log
          </button>
        ) : null,
    },
  ];
}

/** Not of what comes within the minute: when in it, is not known; and a date says enough. */
function isSoon(atMs: number, nowMs: number): boolean {
  return atMs - nowMs >= 60_000 && atMs - nowMs < 10 * 3_600_000;
}

/** A cron is due in a minute, and begins at some time within it. */
function minuteText(atMs: number, nowMs: number): string {
  return formatClock(atMs, nowMs).replace(/^(\d\d:\d\d):\d\d$/, '$1');
}

function cronResult({ lastCode, lastEndedAtMs, lastStartedAtMs }: CronRow) {
  if (lastEndedAtMs !== null && lastCode === null) {
    return (
      <span className="q" title="Its exit code is in the log only: the stats document of uWSGI does not tell of it.">
        ended
      </span>
    );
  }
  if (lastCode === null) return <span className="z">{UNKNOWN_TEXT}</span>;
  const took = lastEndedAtMs === null || lastStartedAtMs === null ? null : lastEndedAtMs - lastStartedAtMs;
  const words = lastCode === 0 ? 'done' : lastCode < 0 ? `signal ${-lastCode}` : `exit ${lastCode}`;
  return (
    <span className={lastCode === 0 ? undefined : 'warn'} title={took === null ? '' : `after ${formatLongTime(took)}`}>
      {words}
    </span>
  );
}

export function timerColumns(nowMs: number): Column<TimerRow>[] {
  return [
    { title: 'Signal', widthPx: 80, numeric: true, cell: ({ signal }) => signal },
    {
      title: 'Raised',
      cell: ({ kind, everyMs, path, iterationsLeft }) =>
        kind === 'file' ? (
          <>
            when <span className="m">{path}</span> changes
          </>
        ) : (
          <>
            every {formatLongTime(everyMs)}
            {iterationsLeft === null ? '' : `, ${formatCount(iterationsLeft)} times more`}
            {kind === 'rbtimer' ? <span className="q"> red-black timer</span> : null}
          </>
        ),
      hint: ({ path }) => path,
    },
    { title: 'So far', widthPx: 88, numeric: true, cell: ({ raised }) => <Count of={raised} /> },
    { title: 'Last', widthPx: 112, numeric: true, cell: ({ lastAtMs }) => clock(lastAtMs, nowMs) },
    { title: 'Next', widthPx: 112, numeric: true, cell: ({ nextAtMs }) => clock(nextAtMs, nowMs) },
  ];
}

export function signalColumns(nowMs: number): Column<SignalRow>[] {
  return [
    { title: 'Signal', widthPx: 80, numeric: true, cell: ({ number }) => number },
    {
      title: 'Target',
      cell: ({ target }) => (target === '' ? 'the first worker that is free' : <span className="m">{target}</span>),
    },
    { title: 'Raised', widthPx: 88, numeric: true, cell: ({ raised }) => <Count of={raised} /> },
    { title: 'Signals/s', widthPx: 92, numeric: true, cell: ({ perSec }) => <Figure of={formatRate(perSec, '')} /> },
    { title: 'Last', widthPx: 112, numeric: true, cell: ({ lastAtMs }) => clock(lastAtMs, nowMs) },
  ];
}

export function muleColumns(nowMs: number): Column<MuleRow>[] {
  return [
    { title: 'Mule', widthPx: 72, numeric: true, cell: ({ id }) => id },
    {
      title: 'State',
      widthPx: 96,
      cell: ({ status }) =>
        status === null ? (
          <span className="q">not told</span>
        ) : (
          <span className="row g3">
            <StateGlyph status={status} silent />
            {status}
          </span>
        ),
    },
    {
      title: 'Runs',
      mono: true,
      cell: ({ command }) => (command === '' ? <span className="q">waits for messages and signals</span> : command),
      hint: ({ command }) => command,
    },
    {
      title: 'Farms',
      widthPx: 130,
      mono: true,
      spare: true,
      cell: ({ farms }) => (farms === '' ? <Unknown /> : farms),
    },
    { title: 'pid', widthPx: 80, numeric: true, cell: ({ pid }) => pid ?? <Unknown /> },
    {
      title: 'Queue',
      about: 'Messages that wait for it',
      widthPx: 72,
      numeric: true,
      cell: ({ queue }) => <Count of={queue} />,
    },
    {
      title: 'Spawned',
      widthPx: 112,
      numeric: true,
      spare: true,
      cell: ({ spawnedAtMs }) => clock(spawnedAtMs, nowMs),
    },
    { title: 'Respawns', widthPx: 84, numeric: true, cell: ({ respawns }) => <Count of={respawns} /> },
  ];
}

export const CACHE_COLUMNS: readonly Column<CacheRow>[] = [
  { title: 'Cache', mono: true, cell: ({ name }) => name, hint: ({ name, hash }) => `${name}, hash ${hash}` },
  {
    title: 'Items',
    widthPx: 190,
    numeric: true,
    cell: ({ items, mostItems }) => (
      <span className="row g4 end">
        <span>
          {formatCount(items)}
          <span className="q">/{formatCount(mostItems)}</span>
        </span>
        <Meter
          value={items}
          max={mostItems}
          label={`${formatShare(mostItems === 0 ? null : items / mostItems)} full`}
        />
      </span>
    ),
  },
  {
    title: 'Largest value',
    widthPx: 104,
    numeric: true,
    spare: true,
    cell: ({ blockBytes }) => <Figure of={formatBytes(blockBytes)} />,
  },
  {
    title: 'Hits/s',
    widthPx: 84,
    numeric: true,
    cell: ({ hitsPerSec }) => <Figure of={formatRate(hitsPerSec, '')} />,
  },
  {
    title: 'Misses/s',
    widthPx: 84,
    numeric: true,
    cell: ({ missesPerSec }) => <Figure of={formatRate(missesPerSec, '')} />,
  },
  {
    title: 'Hit',
    about: 'Of all reads since the server’s start, how many found a value',
    widthPx: 64,
    numeric: true,
    cell: ({ hits, misses }) => formatShare(hits + misses === 0 ? null : hits / (hits + misses)),
  },
  { title: 'Hits', widthPx: 88, numeric: true, spare: true, cell: ({ hits }) => <Count of={hits} /> },
  { title: 'Misses', widthPx: 88, numeric: true, spare: true, cell: ({ misses }) => <Count of={misses} /> },
  {
    title: 'Full',
    about: 'Values that found no room',
    widthPx: 64,
    numeric: true,
    cell: ({ full, fullPerSec }) => <Count of={full} {...((fullPerSec ?? 0) > 0 ? { tone: 'warn' } : {})} />,
  },
];

export const DAEMON_COLUMNS: readonly Column<DaemonRow>[] = [
  { title: 'Command', mono: true, cell: ({ command }) => command, hint: ({ command }) => command },
  {
    title: 'State',
    widthPx: 110,
    cell: ({ pid }) => (
      <span className="row g3">
        <StateGlyph status={pid === null ? 'down' : 'busy'} silent />
        {pid === null ? 'down' : 'runs'}
      </span>
    ),
  },
  { title: 'pid', widthPx: 80, numeric: true, cell: ({ pid }) => pid ?? <Unknown /> },
  { title: 'Restarts', widthPx: 84, numeric: true, cell: ({ respawns }) => <Count of={respawns} tone="warn" /> },
];

export function alarmColumns(nowMs: number): Column<AlarmRow>[] {
  return [
    { title: 'Alarm', widthPx: 150, mono: true, cell: ({ name }) => name },
    { title: 'Does', mono: true, cell: ({ action }) => action, hint: ({ action }) => action },
    { title: 'Raised', widthPx: 80, numeric: true, cell: ({ raised }) => <Count of={raised} /> },
    { title: 'Last', widthPx: 112, numeric: true, cell: ({ lastAtMs }) => clock(lastAtMs, nowMs) },
    {
      title: 'Last message',
      cell: ({ lastMessage }) => (lastMessage === '' ? <Unknown /> : lastMessage),
      hint: ({ lastMessage }) => lastMessage,
    },
  ];
}

export const LOCK_COLUMNS: readonly Column<LockRow>[] = [
  { title: 'Lock', mono: true, cell: ({ name }) => name },
  { title: 'Held by pid', widthPx: 110, numeric: true, cell: ({ pid }) => pid },
];

function Count({ of, tone }: { of: number | null; tone?: 'warn' }) {
  return <span className={of === null || of === 0 ? 'z' : tone}>{formatCount(of)}</span>;
}

function Unknown() {
  return <span className="z">{UNKNOWN_TEXT}</span>;
}

function clock(atMs: number | null, nowMs: number) {
  return <span className={atMs === null ? 'z' : undefined}>{formatClock(atMs, nowMs)}</span>;
}
