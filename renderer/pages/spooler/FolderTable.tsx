/** The folders of an instance's spoolers: their processes, how much waits in them, and how fast it goes. */
import type { KeyboardEvent } from 'react';
import type { SpoolFolder, SpoolList } from '../../../electron/contract/background-model.ts';
import { formatCount, formatRate, UNKNOWN_TEXT } from '../../format/quantity.ts';
import { formatLongTime } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { TableHead } from '../../ui/Table.tsx';
import { folderCounts } from './task-rows.ts';

export interface FolderTableProps {
  folders: readonly SpoolFolder[];
  lists: ReadonlyMap<string, SpoolList>;
  nowMs: number;
  chosen: string | null;
  onChoose: (path: string) => void;
}

const WIDTHS = [undefined, 112, 120, 68, 68, 68, 96, 76, 80] as const;

export function FolderTable({ folders, lists, nowMs, chosen, onChoose }: FolderTableProps) {
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
          {WIDTHS.map((width, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the columns never change
            <col key={index} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <TableHead>Folder</TableHead>
            <TableHead>Running now</TableHead>
            <TableHead>Processes</TableHead>
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
            <TableHead numeric title="Since the server's start">
              Done
            </TableHead>
            <TableHead numeric>Tasks/s</TableHead>
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
              <FolderCells folder={folder} list={lists.get(folder.path)} nowMs={nowMs} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FolderCells({ folder, list, nowMs }: { folder: SpoolFolder; list: SpoolList | undefined; nowMs: number }) {
  const { waiting, later, failed, running, oldestMs } = folderCounts(folder, list, nowMs);
  const { processes } = folder;
  const pids = processes.map(({ pid }) => pid).join(', ');
  return (
    <>
      <td className="m" title={folder.path}>
        {folder.path}
      </td>
      <td>
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
      </td>
      <td className="m s2" title={pids === '' ? 'Tasks are put in here and run by another server.' : `pid ${pids}`}>
        {pids === '' ? UNKNOWN_TEXT : pids}
      </td>
      <CountCell of={waiting} />
      <CountCell of={later} />
      <CountCell of={failed} tone="warn" />
      <td className={`num${oldestMs === null ? ' z' : ''}`}>{formatLongTime(oldestMs)}</td>
      <CountCell of={folder.tasks} />
      <td className="num">
        <Figure of={formatRate(folder.tasksPerSec, '/s')} />
      </td>
    </>
  );
}

function CountCell({ of, tone }: { of: number | null; tone?: 'warn' }) {
  return <td className={`num ${of === null || of === 0 ? 'z' : (tone ?? '')}`}>{formatCount(of)}</td>;
}
