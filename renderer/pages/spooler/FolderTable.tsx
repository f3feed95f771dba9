/** The folders of an instance's spoolers: their processes, how much waits in them, and how fast it goes. */
import type { KeyboardEvent } from 'react';
import type { SpoolFolder, SpoolList } from '../../../electron/contract/background-model.ts';
import { formatCount, formatRate, UNKNOWN_TEXT } from '../../format/quantity.ts';
import { formatLongTime } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { MidCut } from '../../ui/MidCut.tsx';
import { TableHead } from '../../ui/Table.tsx';
import { folderCounts, runCounts } from './task-rows.ts';

export interface FolderTableProps {
  folders: readonly SpoolFolder[];
  lists: ReadonlyMap<string, SpoolList>;
  nowMs: number;
  /** The server does not tell of its processes now. */
  isSilent: boolean;
  chosen: string | null;
  onChoose: (path: string) => void;
}

/** Those with a class leave first where the page is narrow. */
const COLUMNS: readonly { widthPx?: number; className?: string }[] = [
  {},
  { widthPx: 112 },
  { widthPx: 120, className: 'if-wide' },
  { widthPx: 76, className: 'if-middle' },
  { widthPx: 72, className: 'if-wide' },
  { widthPx: 72 },
  { widthPx: 68 },
  { widthPx: 68 },
  { widthPx: 100 },
];

export function FolderTable({ folders, lists, nowMs, isSilent, chosen, onChoose }: FolderTableProps) {
  function onKeyDown(event: KeyboardEvent<HTMLTableElement>): void {
    const at = folders.findIndex(({ path }) => path === chosen);
    const step =
      event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    const next = folders[at + step];
    if (step === 0 || next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(next.path);
    event.currentTarget.querySelectorAll<HTMLElement>('tbody tr')[at + step]?.focus();
  }
  return (
    <div className="scroll spool-folders">
      <table className="tb" role="grid" aria-label="Spooler folders" onKeyDown={onKeyDown}>
        <colgroup>
          {COLUMNS.map(({ widthPx, className }, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the columns never change
            <col key={index} className={className} style={widthPx === undefined ? undefined : { width: widthPx }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <TableHead>Folder</TableHead>
            <TableHead>Running now</TableHead>
            <TableHead className="if-wide">Processes</TableHead>
            <TableHead numeric className="if-middle" title="Since the server's start, those that failed as well">
              Runs
            </TableHead>
            <TableHead numeric className="if-wide">
              Tasks/s
            </TableHead>
            <TableHead numeric>Waiting</TableHead>
            <TableHead numeric title="Tasks whose time is yet to come">
              Later
            </TableHead>
            <TableHead numeric title="Tasks that were given up">
              Failed
            </TableHead>
            <TableHead numeric title="The longest that a task is due and waits">
              Oldest
            </TableHead>
          </tr>
        </thead>
        <tbody>
          {folders.map((folder) => (
            <tr
              key={folder.path}
              aria-selected={folder.path === chosen}
              className={folder.path === chosen ? 'sel' : undefined}
              tabIndex={folder.path === chosen ? 0 : -1}
              onClick={() => onChoose(folder.path)}
            >
              <FolderCells folder={folder} list={lists.get(folder.path)} nowMs={nowMs} isSilent={isSilent} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FolderCellsProps {
  folder: SpoolFolder;
  list: SpoolList | undefined;
  nowMs: number;
  isSilent: boolean;
}

function FolderCells({ folder, list, nowMs, isSilent }: FolderCellsProps) {
  const { waiting, later, failed, running, oldestMs } = folderCounts(folder, list, nowMs);
  const { processes } = folder;
  const { runs, words } = runCounts(folder);
  const pids = processes.map(({ pid }) => pid).join(', ');
  return (
    <>
      <td className="m">
        <MidCut text={folder.path} end={folder.path.length - folder.path.lastIndexOf('/')} />
      </td>
      <td>
        {isSilent ? (
          <span className="z">{UNKNOWN_TEXT}</span>
        ) : (
          <span className="row g3">
            <StateGlyph status={processes.length === 0 ? 'cheap' : running > 0 ? 'busy' : 'idle'} silent />
            {processes.length === 0 ? (
              <span className="q">none here</span>
            ) : running > 0 ? (
              <span>
                <span className="m">{running}</span> of <span className="m">{processes.length}</span>
              </span>
            ) : (
              'idle'
            )}
          </span>
        )}
      </td>
      <td
        className="m s2 if-wide"
        title={
          isSilent
            ? 'The server does not tell of them now.'
            : pids === ''
              ? 'Tasks are put in here and run by another server.'
              : `pid ${pids}`
        }
      >
        {pids === '' || isSilent ? UNKNOWN_TEXT : pids}
      </td>
      <td className={`num if-middle${runs === 0 ? ' z' : ''}`} title={words}>
        {formatCount(runs)}
      </td>
      <td className="num if-wide">
        <Figure of={formatRate(isSilent ? null : folder.tasksPerSec, '')} />
      </td>
      <CountCell of={waiting} />
      <CountCell of={later} />
      <CountCell of={failed} tone="warn" />
      <td className={`num${oldestMs === null ? ' z' : ''}`}>{formatLongTime(oldestMs)}</td>
    </>
  );
}

function CountCell({ of, tone }: { of: number | null; tone?: 'warn' }) {
  return <td className={`num ${of === null || of === 0 ? 'z' : (tone ?? '')}`}>{formatCount(of)}</td>;
}
