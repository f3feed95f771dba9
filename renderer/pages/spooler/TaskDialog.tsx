/** Asks before tasks are deleted or run at once, with the name of the instance where it is read-only, and says what came of it. */
import { useState } from 'react';
import { MOST_TASKS_A_CALL, type TaskName, type TaskResult } from '../../../electron/contract/background-model.ts';
import { FailureText } from '../../dialogs/FailureText.tsx';
import { useCall } from '../../dialogs/use-call.ts';
import { formatCount } from '../../format/quantity.ts';
import { useInstance, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { resultWords, shortName } from './task-rows.ts';

export interface TaskDialogProps {
  instanceId: string;
  what: 'retry' | 'delete';
  folder: string;
  tasks: readonly TaskName[];
  /** How soon a spooler looks into its folder again. */
  everySeconds: number | null;
  onClose: () => void;
  /** Something was changed. */
  onChanged: (results: readonly TaskResult[]) => void;
}

const MOST_NAMED = 6;

export function TaskDialog(props: TaskDialogProps) {
  const { instanceId, what, folder, tasks, everySeconds, onClose, onChanged } = props;
  const { client } = useStores();
  const instance = useInstance(instanceId);
  const [typedName, setTypedName] = useState('');
  const [results, setResults] = useState<readonly TaskResult[] | null>(null);
  const act = useCall();
  const name = instance?.name ?? instanceId;
  const needsName = instance?.readOnly ?? false;
  const words = tasks.length === 1 ? 'this task' : `${formatCount(tasks.length)} tasks`;
  const verb = what === 'delete' ? 'Delete' : 'Run';
  const title = what === 'delete' ? `Delete ${words}` : `Run ${words} now`;
  const blockedBy = act.isRunning
    ? 'It is on its way.'
    : needsName && typedName.trim() !== name
      ? `Type ${name} first`
      : null;

  async function change(): Promise<TaskResult[]> {
    const all: TaskResult[] = [];
    for (let from = 0; from < tasks.length; from += MOST_TASKS_A_CALL) {
      const some = tasks.slice(from, from + MOST_TASKS_A_CALL).map(({ place, name }) => ({ place, name }));
      const params = { instanceId, folder, tasks: some, ...(needsName ? { confirmedName: typedName } : {}) };
      const answer = await client.call(what === 'delete' ? 'spool.delete' : 'spool.retry', params);
      all.push(...answer.results);
      onChanged(answer.results);
    }
    return all;
  }

  return (
    <Dialog
      title={title}
      opened
      widthPx={480}
      onClose={onClose}
      actions={
        results === null ? (
          <>
            <Button data-autofocus onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant={what === 'delete' ? 'danger' : 'primary'}
              disabledReason={blockedBy}
              onClick={() => act.run(change, setResults)}
            >
              {`${verb} ${tasks.length === 1 ? 'the task' : `${formatCount(tasks.length)} tasks`}`}
            </Button>
          </>
        ) : (
          <Button data-autofocus variant="primary" onClick={onClose}>
            Close
          </Button>
        )
      }
    >
      <div className="dlg-pad t13 action-dialog">
        {results === null ? (
          <>
            <p>{what === 'delete' ? DELETE_WORDS : retryWords(everySeconds)}</p>
            <div>
              <div className="t11 q">
                In <span className="m">{folder}</span>
                {instance === undefined || instance.machine === 'local' ? '' : ` on ${instance.hostName}`}
              </div>
              <pre className="code">{namesOf(tasks)}</pre>
            </div>
            {needsName ? (
              <Field
                label={`Type ${name}: it is read-only by its tags`}
                value={typedName}
                onChange={(event) => setTypedName(event.target.value)}
              />
            ) : null}
          </>
        ) : (
          <p role="status">{resultWords(what, results)}</p>
        )}
        {act.failure ? <FailureText failure={act.failure} /> : null}
      </div>
    </Dialog>
  );
}

const DELETE_WORDS =
  'The files are removed for good: what they ask for is not done. A task that a process holds is left alone. It goes onto the record of actions.';

function retryWords(everySeconds: number | null): string {
  const when = everySeconds === null ? 'with its next look' : `with its next look, within ${everySeconds} s`;
  return `Their time is set to now, and those that were given up go back into the queue; a spooler takes them ${when}. A task that a process holds is left alone.`;
}

function namesOf(tasks: readonly TaskName[]): string {
  const named = tasks
    .slice(0, MOST_NAMED)
    .map(({ place, name }) => (place === '' ? '' : `${place}/`) + shortName(name));
  const more = tasks.length - named.length;
  return [...named, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].join('\n');
}
