/** One task: what its file says, as text or bytes and never loaded, and what can be done with it. */
import { X } from 'lucide-react';
import { Fragment } from 'react';
import type { SpoolTask, TaskFailures, TaskRow, TaskValue } from '../../../electron/contract/background-model.ts';
import type { Failure } from '../../client.ts';
import { formatBytes, formatCount, quantityText, UNKNOWN_TEXT } from '../../format/quantity.ts';
import { formatClock } from '../../format/time.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { SecretsSwitch } from '../requests/SecretsSwitch.tsx';
import '../workers/inspector.css';
import { hexRows } from './hex-rows.ts';
import { TaskStateWord } from './TaskState.tsx';
import { dueWords, placeWords, shortName } from './task-rows.ts';

export interface TaskInspectorProps {
  folder: string;
  row: TaskRow;
  /** It is not in the folder any more. */
  isGone: boolean;
  /** null: it is being read. */
  task: SpoolTask | null;
  failure: Failure | null;
  nowMs: number;
  onClose: () => void;
  onShow: () => void;
  onHide: () => void;
  onRetry: () => void;
  onDelete: () => void;
}

export function TaskInspector(props: TaskInspectorProps) {
  const { folder, row, isGone, task, failure, nowMs, onClose, onRetry, onDelete } = props;
  const held = isGone ? 'It is not in the folder any more.' : row.state === 'running' ? 'A process holds it.' : null;
  const path = [folder, row.place, row.name].filter((part) => part !== '').join('/');
  return (
    <aside
      className="insp task-insp"
      aria-label={`Task ${shortName(row.name)}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="insp-head">
        <h2 className="b t13 grow ell">{titleOf(task) ?? 'Task'}</h2>
        <CopyButton variant="quiet" size="sm" label="Copy its path" text={() => path} />
        <IconButton label="Close" size="sm" icon={<X size={14} strokeWidth={1.75} aria-hidden />} onClick={onClose} />
      </div>
      <div className="insp-now">
        <div className="row g4">
          {isGone ? (
            <span className="s2">It was done, or moved away, while it was open here.</span>
          ) : (
            <TaskStateWord state={row.state} />
          )}
          {isGone ? null : <span className="m q">{dueWords(row, nowMs)}</span>}
        </div>
        {row.state === 'ignored' && !isGone ? (
          <p className="s2">
            No process looks into this place: priorities are run only with{' '}
            <span className="m">spooler-ordered = true</span>, and only numbers are priorities.
          </p>
        ) : null}
        <div className="row g4">
          <Button
            size="sm"
            disabledReason={held ?? (row.state === 'waiting' ? 'It is due already.' : null)}
            onClick={onRetry}
          >
            {row.state === 'failed' ? 'Put back…' : 'Run now…'}
          </Button>
          <Button size="sm" variant="danger" disabledReason={held} onClick={onDelete}>
            Delete…
          </Button>
        </div>
      </div>
      <dl className="kv m-values task-facts">
        {factsOf(row, nowMs).map(([term, value]) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd className={value === UNKNOWN_TEXT ? 'm z' : 'm'} title={value}>
              {value}
            </dd>
          </Fragment>
        ))}
      </dl>
      <TaskContent {...props} />
      {failure ? <p className="insp-note crit">{failure.message}</p> : null}
    </aside>
  );
}

function TaskContent({ task, isGone, failure, row, nowMs, onShow, onHide }: TaskInspectorProps) {
  if (task === null) return failure || isGone ? null : <p className="insp-note q">Reading the task</p>;
  if (task.status === 'gone') return <p className="insp-note s2">It was done before it could be read.</p>;
  if (task.status === 'unreadable') return <p className="insp-note warn">{task.reason}</p>;
  return (
    <>
      {task.damage === null ? null : <p className="insp-note warn">{task.damage}</p>}
      {task.failures === null ? null : (
        <p className="insp-note">
          <span className="warn">{failureWords(task.failures)}</span>{' '}
          <span className="q">last at {formatClock(task.failures.lastAtMs, nowMs)}</span>
          <br />
          {task.failures.reason}
        </p>
      )}
      <div className="sec">
        Variables <span className="m">{task.vars.length}</span>
        <span className="r">from its file</span>
      </div>
      {task.hasSecrets || task.untilMs > 0 ? (
        <div className="row g4 task-secrets">
          <SecretsSwitch
            title="Show the secrets of this task"
            text={`Passwords, tokens and whatever else ${shortName(row.name)} carries are shown on this page for 1 min.`}
            untilMs={task.untilMs}
            nowMs={nowMs}
            failure={null}
            onShow={onShow}
            onHide={onHide}
          />
        </div>
      ) : null}
      <dl className="task-vars">
        {task.vars.map(({ key, value }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a key may come twice
          <Fragment key={`${index} ${key}`}>
            <dt className="m">{key}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </Fragment>
        ))}
        {task.body === null ? null : (
          <>
            <dt className="m">
              body <span className="q">{quantityText(formatBytes(task.body.sizeBytes))}</span>
            </dt>
            <dd>
              <Value value={task.body} />
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function Value({ value }: { value: TaskValue }) {
  const size = quantityText(formatBytes(value.sizeBytes));
  switch (value.kind) {
    case 'hidden':
      return (
        <span className="q">{value.isPickle ? `pickled data with secrets, hidden, ${size}` : `hidden, ${size}`}</span>
      );
    case 'text':
      if (value.text === '') return <span className="q">empty</span>;
      return (
        <>
          <pre className="task-text">{value.text}</pre>
          {value.isCut ? <span className="q">the beginning of {size}</span> : null}
        </>
      );
    case 'pickle':
    case 'bytes':
      return (
        <>
          <span className="q">
            {value.kind === 'pickle' ? `pickled data, ${size}; shown, never loaded` : `${size} that are no text`}
            {value.isCut ? ', the beginning' : ''}
          </span>
          <pre className="task-text hex">
            {hexRows(value.hex, value.text).map(({ at, hex, text }) => (
              <Fragment key={at}>
                <span className="q">{at}</span> {hex} <span className="s2">{text}</span>
                {'\n'}
              </Fragment>
            ))}
          </pre>
        </>
      );
  }
}

/** The function of `uwsgidecorators` that it calls. */
function titleOf(task: SpoolTask | null): string | null {
  const value = task?.status === 'read' ? task.vars.find(({ key }) => key === 'ud_spool_func')?.value : undefined;
  return value?.kind === 'text' ? value.text : null;
}

function failureWords({ attempts }: TaskFailures): string {
  if (attempts === 0) return 'Given up: it failed as often as it may.';
  return attempts === 1 ? 'It failed once.' : `It failed ${formatCount(attempts)} times.`;
}

function factsOf(row: TaskRow, nowMs: number): [string, string][] {
  return [
    ['File', shortName(row.name)],
    ['Place', row.place === '' ? 'the folder itself' : placeWords(row.place)],
    ['Queued', formatClock(row.queuedAtMs, nowMs)],
    ['Due at', formatClock(row.dueAtMs, nowMs)],
    ['Put there by', row.pid === null ? UNKNOWN_TEXT : `pid ${row.pid} on ${row.host ?? ''}`],
    ['Size', quantityText(formatBytes(row.sizeBytes))],
  ];
}
