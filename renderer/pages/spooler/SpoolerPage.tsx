/**
 * The Spooler tab: the folders with their processes, the tasks of the chosen one, and what a task says. The folders come
 * with each poll; what is in them is read on the machine of the instance every few seconds.
 */
import { FolderOpen, Plus } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import {
  MOST_LISTED_TASKS,
  type SpoolFolder,
  type TaskName,
  type TaskRow,
} from '../../../electron/contract/background-model.ts';
import type { Failure } from '../../client.ts';
import { formatCount } from '../../format/quantity.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useBackground, useInstance, useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { configRequests } from '../config/config-requests.ts';
import { isSilent } from '../instance/link-down.ts';
import { FolderTable } from './FolderTable.tsx';
import './spooler.css';
import { TaskDialog } from './TaskDialog.tsx';
import { TaskInspector } from './TaskInspector.tsx';
import { TaskStateGlyph } from './TaskState.tsx';
import { TaskTable } from './TaskTable.tsx';
import {
  countAll,
  filterTasks,
  orderTasks,
  type ReadList,
  type StateFilter,
  TASK_STATES,
  taskKey,
} from './task-rows.ts';
import { useSpoolLists } from './use-spool-lists.ts';
import { useTask } from './use-task.ts';

const NO_FOLDERS: readonly SpoolFolder[] = [];

export default function SpoolerPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const instance = useInstance(instanceId);
  const status = useBackground((state) => state.status);
  const failure = useBackground((state) => state.failure);
  const background = useBackground((state) => state.background);
  const nowMs = useNow();
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => stores.background.open(instanceId), [stores, instanceId]);

  const folders = background?.spools ?? NO_FOLDERS;
  const paths = useMemo(() => folders.map(({ path }) => path), [folders]);
  const chosen = wanted !== null && paths.includes(wanted) ? wanted : (paths[0] ?? null);
  const { lists, failure: listFailure, refresh } = useSpoolLists(instanceId, paths, chosen);

  if (status === 'failed' && failure) return <ErrorBand title={failure.message} text={failure.hint} />;
  if (background === null) return <p className="calm late">Reading stats of {instance?.name ?? instanceId}</p>;
  if (chosen === null) return <NoSpooler instanceId={instanceId} name={instance?.name ?? instanceId} />;
  const list = lists.get(chosen);
  return (
    <div className="spooler-page">
      <FolderTable
        folders={folders}
        lists={lists}
        nowMs={nowMs}
        isSilent={instance !== undefined && isSilent(instance)}
        chosen={chosen}
        onChoose={setWanted}
      />
      {list === undefined ? (
        <Waiting folder={chosen} failure={listFailure} />
      ) : list.status === 'unreadable' ? (
        <EmptyState
          title="The folder can not be read"
          text={`${list.reason} ${list.hint} What the processes do is told by the stats document all the same.`}
          actions={[
            {
              id: 'path',
              icon: <FolderOpen size={16} strokeWidth={1.75} aria-hidden />,
              title: <span className="m">{chosen}</span>,
              text:
                instance === undefined || instance.machine === 'local' ? 'on this machine' : `on ${instance.hostName}`,
              control: (
                <CopyButton label="Copy the path" text={() => chosen}>
                  Copy
                </CopyButton>
              ),
            },
          ]}
        />
      ) : (
        <Queue
          key={chosen}
          instanceId={instanceId}
          folder={chosen}
          list={list}
          failure={listFailure}
          nowMs={nowMs}
          everySeconds={background.spoolEveryMs === null ? null : background.spoolEveryMs / 1000}
          refresh={refresh}
          knowsFailures={folders.find(({ path }) => path === chosen)?.counted != null}
        />
      )}
    </div>
  );
}

function Waiting({ folder, failure }: { folder: string; failure: Failure | null }) {
  if (failure) return <ErrorBand title={failure.message} text={failure.hint} />;
  return <p className="calm late">Looking into {folder}</p>;
}

function NoSpooler({ instanceId, name }: { instanceId: string; name: string }) {
  const { router } = useStores();
  return (
    <EmptyState
      title="No spooler"
      text={`${name} has no spooler: no processes that run tasks from a folder, one by one, beside its requests.`}
      actions={[
        {
          id: 'spooler',
          icon: <Plus size={16} strokeWidth={1.75} aria-hidden />,
          title: <span className="m">spooler = /path/of/a/folder</span>,
          text: 'Tasks that the application puts into this folder survive a restart. It takes effect at a restart.',
          control: (
            <Button
              onClick={() => {
                configRequests.ask(instanceId, { type: 'add', name: 'spooler' });
                router.go(instanceRoute(instanceId, 'config'));
              }}
            >
              Add the option
            </Button>
          ),
        },
      ]}
    />
  );
}

interface QueueProps {
  instanceId: string;
  folder: string;
  list: ReadList;
  failure: Failure | null;
  nowMs: number;
  everySeconds: number | null;
  refresh: () => void;
  knowsFailures: boolean;
}

function Queue({ instanceId, folder, list, failure, nowMs, everySeconds, refresh, knowsFailures }: QueueProps) {
  const [state, setState] = useState<StateFilter>('all');
  const [text, setText] = useState('');
  const [opened, setOpened] = useState<TaskRow | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<{ what: 'retry' | 'delete'; tasks: readonly TaskName[] } | null>(null);
  const ordered = useMemo(() => orderTasks(list.tasks), [list]);
  const shown = useMemo(() => filterTasks(ordered, state, text), [ordered, state, text]);
  const openKey = opened === null ? null : taskKey(opened);
  const found = ordered.find((task) => taskKey(task) === openKey);
  const row = found ?? opened;
  const { task, failure: taskFailure, show, hide } = useTask(instanceId, folder, opened);
  // What a filter hides is not acted on.
  const chosen = shown.filter((task) => ticked.has(taskKey(task)));
  const total = countAll(list);
  const unlisted = total - list.tasks.length;

  function tick(keys: readonly string[], isTicked: boolean): void {
    const next = new Set(ticked);
    for (const key of keys) {
      if (isTicked) next.add(key);
      else next.delete(key);
    }
    setTicked(next);
  }

  return (
    <>
      <div className="tool">
        <FilterField label="Filter tasks" value={text} onChange={setText} widthPx={190} />
        <Segmented
          label="State of tasks"
          value={state}
          onChange={setState}
          options={[
            { id: 'all', label: 'All', count: total },
            ...TASK_STATES.filter((id) => id !== 'ignored' || list.ignored > 0).map((id) => ({
              id,
              label: (
                <>
                  <TaskStateGlyph state={id} size={9} />
                  {id}
                </>
              ),
              count: list[id],
            })),
          ]}
        />
        <span className="grow" />
        <span className="q ell">{footWords(list, failure, unlisted)}</span>
        <CopyButton size="sm" variant="quiet" label="Copy the path of the folder" text={() => folder} />
      </div>
      <div className="spool-split">
        <div className="col grow">
          {shown.length === 0 ? (
            <p className="calm grow">
              {total === 0
                ? 'Nothing waits in this folder.'
                : `No task matches. ${formatCount(list.tasks.length)} are hidden. `}
              {total === 0 ? null : (
                <button
                  type="button"
                  className="btn-link"
                  onClick={() => {
                    setText('');
                    setState('all');
                  }}
                >
                  Clear filter
                </button>
              )}
            </p>
          ) : (
            <TaskTable
              tasks={shown}
              nowMs={nowMs}
              openKey={openKey}
              ticked={ticked}
              knowsFailures={knowsFailures}
              onOpen={(key) => setOpened(shown.find((task) => taskKey(task) === key) ?? null)}
              onTick={tick}
            />
          )}
          {chosen.length > 0 ? (
            <div className="selection-bar" role="region" aria-label="Ticked tasks">
              <span className="b">
                {formatCount(chosen.length)} {chosen.length === 1 ? 'task' : 'tasks'}
              </span>
              <span className="grow" />
              <Button onClick={() => setAsking({ what: 'retry', tasks: chosen })}>Run now…</Button>
              <Button variant="danger" onClick={() => setAsking({ what: 'delete', tasks: chosen })}>
                Delete…
              </Button>
              <Button variant="quiet" onClick={() => setTicked(new Set())}>
                Clear
              </Button>
            </div>
          ) : null}
        </div>
        {row === null ? null : (
          <TaskInspector
            folder={folder}
            row={row}
            isGone={found === undefined && unlisted === 0}
            task={task}
            failure={taskFailure}
            nowMs={nowMs}
            onClose={() => setOpened(null)}
            onShow={show}
            onHide={hide}
            onRetry={() => setAsking({ what: 'retry', tasks: [row] })}
            onDelete={() => setAsking({ what: 'delete', tasks: [row] })}
          />
        )}
      </div>
      {asking === null ? null : (
        <TaskDialog
          instanceId={instanceId}
          what={asking.what}
          folder={folder}
          tasks={asking.tasks}
          everySeconds={everySeconds}
          onClose={() => setAsking(null)}
          onChanged={(results) => {
            tick(results.filter(({ status }) => status === 'done' || status === 'gone').map(taskKey), false);
            refresh();
          }}
        />
      )}
    </>
  );
}

function footWords(list: ReadList, failure: Failure | null, unlisted: number): string {
  if (failure) return `Last seen before: ${failure.message}`;
  if (unlisted > 0) return `the ${formatCount(MOST_LISTED_TASKS)} oldest are listed, ${formatCount(unlisted)} are not`;
  return list.knowsLocks ? '' : 'which of them run is not known: this system does not tell of locks';
}
