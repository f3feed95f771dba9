/** Reloads vassals by touching their files, or attaches to them: what is done and exactly how, then what came of each. */
import { useState } from 'react';
import { MOST_VASSALS_A_CALL, type VassalResult, type VassalRow } from '../../electron/contract/emperor-model.ts';
import { formatCount } from '../format/quantity.ts';
import { instanceRoute } from '../stores/router.ts';
import { useEmperor, useInstance, useInstances, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

export interface VassalsDialogProps {
  what: 'touch' | 'attach';
  instanceId: string;
  /** Keys of their rows. */
  vassals: readonly string[];
  onClose: () => void;
}

const MOST_NAMED = 8;

export function VassalsDialog({ what, instanceId, vassals, onClose }: VassalsDialogProps) {
  const { client, router } = useStores();
  const instance = useInstance(instanceId);
  const byId = useInstances((state) => state.byId);
  const [rows] = useRows(vassals);
  const [typedName, setTypedName] = useState('');
  const [results, setResults] = useState<readonly VassalResult[]>([]);
  const [isOver, setIsOver] = useState(false);
  const act = useCall();
  const name = instance?.name ?? instanceId;
  const needsName = what === 'touch' && (instance?.readOnly ?? false);
  const one = rows.length === 1 ? rows[0] : undefined;
  const words = one === undefined ? `${formatCount(rows.length)} vassals` : one.id;
  const verb = what === 'touch' ? 'Reload' : 'Attach';
  const blockedBy = act.isRunning
    ? 'It is on its way.'
    : needsName && typedName.trim() !== name
      ? `Type ${name} first`
      : null;

  async function work(): Promise<void> {
    const done: VassalResult[] = [];
    for (const [emperorId, mine] of Map.groupBy(rows, (row) => row.emperorId)) {
      for (let from = 0; from < mine.length; from += MOST_VASSALS_A_CALL) {
        const keys = mine.slice(from, from + MOST_VASSALS_A_CALL).map(({ key }) => key);
        const isReadOnly = byId[emperorId]?.readOnly ?? false;
        const confirmed = isReadOnly ? { confirmedName: typedName } : {};
        const answer =
          what === 'touch'
            ? await client.call('emperor.touch', { instanceId: emperorId, vassals: keys, ...confirmed })
            : await client.call('emperor.attach', { instanceId: emperorId, vassals: keys });
        done.push(...answer.results);
        setResults([...done]);
      }
    }
  }

  const [only] = results;
  const target = isOver && results.length === 1 ? (only?.instanceId ?? null) : null;
  return (
    <Dialog
      title={`${verb} ${words}`}
      opened
      widthPx={640}
      onClose={onClose}
      note={act.isRunning && rows.length > 1 ? `${formatCount(results.length)} of ${formatCount(rows.length)}` : null}
      actions={
        isOver ? (
          <>
            {target === null ? null : (
              <Button
                onClick={() => {
                  onClose();
                  router.go(instanceRoute(target));
                }}
              >
                Go to its page
              </Button>
            )}
            <Button data-autofocus variant="primary" onClick={onClose}>
              Close
            </Button>
          </>
        ) : (
          <>
            <Button data-autofocus onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" disabledReason={blockedBy} onClick={() => act.run(work, () => setIsOver(true))}>
              {`${verb} ${one === undefined ? words : 'it'}`}
            </Button>
          </>
        )
      }
    >
      <div className="dlg-pad t13 action-dialog">
        {isOver ? (
          <Outcome what={what} results={results} />
        ) : (
          <>
            <p>{what === 'touch' ? TOUCH_WORDS : ATTACH_WORDS}</p>
            <div>
              <div className="t11 q">
                {what === 'touch' ? 'Exact action' : 'Vassals'}
                {instance === undefined || instance.machine === 'local'
                  ? ', on this machine'
                  : `, on ${instance.hostName}`}
              </div>
              <pre className="code">{linesOf(what, rows)}</pre>
            </div>
            {needsName ? (
              <Field
                label={`Type ${name}: it is read-only by its tags`}
                value={typedName}
                onChange={(event) => setTypedName(event.target.value)}
              />
            ) : null}
          </>
        )}
        {act.failure ? <FailureText failure={act.failure} /> : null}
      </div>
    </Dialog>
  );
}

/** As they were when the dialog was opened. */
function useRows(keys: readonly string[]) {
  const all = useEmperor((state) => state.emperor?.vassals);
  return useState<readonly VassalRow[]>(() => (all ?? []).filter(({ key }) => keys.includes(key)));
}

const TOUCH_WORDS =
  'Their files get the time of now. The emperor sees it with its next look and reloads each gracefully; one that waits on the blacklist is tried again after its wait. It goes onto the record of actions.';
const ATTACH_WORDS =
  'The configuration of each is read on its machine. Those that have a stats address are asked there and come into the list of instances; nothing of theirs is changed.';

function Outcome({ what, results }: { what: 'touch' | 'attach'; results: readonly VassalResult[] }) {
  const done = results.filter(({ status }) => status === 'done').length;
  const already = results.filter(({ status }) => status === 'already').length;
  const failed = results.filter(({ status }) => status === 'failed');
  const parts = [
    ...(done > 0 || results.length === 0 ? [`${formatCount(done)} ${what === 'touch' ? 'touched' : 'attached'}`] : []),
    ...(already > 0 ? [`${formatCount(already)} in the list already`] : []),
    ...(failed.length > 0 ? [`${formatCount(failed.length)} not`] : []),
  ];
  return (
    <>
      <p role="status">
        <span className={failed.length > 0 ? 'md warn' : 'md'}>{parts.join(', ')}.</span>{' '}
        {what === 'touch' && done > 0 ? 'The table shows when they are ready again.' : null}
      </p>
      {failed.length === 0 ? null : (
        <ul className="vassal-results" aria-label="Not done">
          {failed.slice(0, MOST_NAMED).map(({ id, text }) => (
            <li key={id}>
              <span className="m md">{id}</span> {text}
            </li>
          ))}
          {failed.length > MOST_NAMED ? (
            <li className="q">and {formatCount(failed.length - MOST_NAMED)} more</li>
          ) : null}
        </ul>
      )}
    </>
  );
}

function linesOf(what: 'touch' | 'attach', rows: readonly VassalRow[]): string {
  const lines = rows.slice(0, MOST_NAMED).map(({ id, configPath }) => {
    if (what === 'attach') return id;
    return configPath === null ? `${id}: no file that is known, left as it is` : `touch -c ${configPath}`;
  });
  const more = rows.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].join('\n');
}
