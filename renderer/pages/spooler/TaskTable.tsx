/**
 * The tasks of one folder: virtual, as there may be thousands. Arrows or J and K move, Space ticks, Ctrl A ticks all
 * that are shown, Enter opens, Esc closes.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef } from 'react';
import type { TaskRow } from '../../../electron/contract/background-model.ts';
import { formatBytes, formatCount } from '../../format/quantity.ts';
import { formatClock } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { MidCut } from '../../ui/MidCut.tsx';
import { TableHead } from '../../ui/Table.tsx';
import { TickBox } from '../../ui/TickBox.tsx';
import { TaskStateWord } from './TaskState.tsx';
import { dueWords, placeWords, shortName, taskKey } from './task-rows.ts';

export interface TaskTableProps {
  tasks: readonly TaskRow[];
  nowMs: number;
  openKey: string | null;
  ticked: ReadonlySet<string>;
  /** Failed runs of tasks are known here. */
  knowsFailures: boolean;
  onOpen: (key: string | null) => void;
  onTick: (keys: readonly string[], isTicked: boolean) => void;
}

const ROW_PX = 26;
const HEAD_PX = 24;
/** So much of the end of a name tells tasks of one writer apart. */
const NAME_END = 22;

export function TaskTable({ tasks, nowMs, openKey, ticked, knowsFailures, onOpen, onTick }: TaskTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: HEAD_PX,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const keys = tasks.map(taskKey);
  const tickedCount = keys.filter((key) => ticked.has(key)).length;
  const columns = { place: tasks.some(({ place }) => place !== ''), failures: knowsFailures };
  const areAllTicked = tickedCount > 0 && tickedCount === keys.length;

  function moveTo(index: number): void {
    const target = Math.min(Math.max(index, 0), tasks.length - 1);
    const key = keys[target];
    if (key === undefined) return;
    onOpen(key);
    virtual.scrollToIndex(target);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    const at = openKey === null ? -1 : keys.indexOf(openKey);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: at - 1,
      k: at - 1,
      Home: 0,
      End: keys.length,
    };
    const isHeld = event.ctrlKey || event.metaKey;
    const target = isHeld || event.altKey ? undefined : targets[event.key];
    if (target !== undefined) moveTo(target);
    else if (isHeld && event.key.toLowerCase() === 'a') onTick(keys, true);
    else if (event.key === ' ' && openKey !== null) onTick([openKey], !ticked.has(openKey));
    else if (event.key === 'Escape' && openKey !== null) onOpen(null);
    else if (event.key === 'Escape' && ticked.size > 0) onTick([...ticked], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="scroll grow" ref={scroller}>
      <table
        className="tb tasks"
        role="grid"
        aria-label="Tasks"
        aria-rowcount={tasks.length + 1}
        aria-multiselectable="true"
        onKeyDown={onKeyDown}
      >
        <colgroup>
          <col style={{ width: 36 }} />
          <col style={{ width: 96 }} />
          <col />
          {columns.place ? <col style={{ width: 104 }} /> : null}
          {columns.failures ? <col style={{ width: 72 }} /> : null}
          <col className="if-middle" style={{ width: 112 }} />
          <col className="if-middle" style={{ width: 80 }} />
          <col className="if-wide" style={{ width: 112 }} />
          <col style={{ width: 144 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <TickBox
                label="All tasks that are shown"
                checked={areAllTicked ? true : tickedCount > 0 ? 'some' : false}
                onTick={() => onTick(keys, !areAllTicked)}
                isTabStop
              />
            </th>
            <TableHead>State</TableHead>
            <TableHead title="Host, process and time of whoever put it there">Task</TableHead>
            {columns.place ? <TableHead>Place</TableHead> : null}
            {columns.failures ? (
              <TableHead numeric title="Runs of it that failed">
                Failures
              </TableHead>
            ) : null}
            <TableHead numeric className="if-middle">
              Queued
            </TableHead>
            <TableHead numeric className="if-middle">
              Size
            </TableHead>
            <TableHead numeric className="if-wide" title="When it is, or was, to run">
              At
            </TableHead>
            <TableHead numeric title="Since when it could run, or when it will">
              Due
            </TableHead>
          </tr>
        </thead>
        <tbody>
          {above > 0 ? <tr style={{ height: above }} aria-hidden /> : null}
          {items.map((item) => {
            const task = tasks[item.index];
            const key = keys[item.index];
            if (task === undefined || key === undefined) return null;
            const isOpen = key === openKey;
            const isEntry = isOpen || (item.index === 0 && (openKey === null || !keys.includes(openKey)));
            return (
              <tr
                key={key}
                data-row={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={ticked.has(key)}
                aria-current={isOpen || undefined}
                tabIndex={isEntry ? 0 : -1}
                className={isOpen ? 'sel' : undefined}
                onClick={() => onOpen(key)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') onOpen(key);
                }}
              >
                <td>
                  <TickBox
                    label={`Task ${shortName(task.name)}`}
                    checked={ticked.has(key)}
                    onTick={() => onTick([key], !ticked.has(key))}
                  />
                </td>
                <TaskCells task={task} nowMs={nowMs} columns={columns} />
              </tr>
            );
          })}
          {below > 0 ? <tr style={{ height: below }} aria-hidden /> : null}
        </tbody>
      </table>
    </div>
  );
}

interface TaskCellsProps {
  task: TaskRow;
  nowMs: number;
  columns: { place: boolean; failures: boolean };
}

function TaskCells({ task, nowMs, columns }: TaskCellsProps) {
  const { place, failures } = task;
  return (
    <>
      <td>
        <TaskStateWord state={task.state} />
      </td>
      <td className="m">
        <MidCut text={shortName(task.name)} end={NAME_END} />
      </td>
      {columns.place ? <td className="s2">{placeWords(place)}</td> : null}
      {columns.failures ? <td className={`num ${failures === 0 ? 'z' : 'warn'}`}>{formatCount(failures)}</td> : null}
      <td className="num s2 if-middle">{formatClock(task.queuedAtMs, nowMs)}</td>
      <td className="num if-middle">
        <Figure of={formatBytes(task.sizeBytes)} />
      </td>
      <td className="num s2 if-wide">{formatClock(task.dueAtMs, nowMs)}</td>
      <td className="num">{dueWords(task, nowMs)}</td>
    </>
  );
}
