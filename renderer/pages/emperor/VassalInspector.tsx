/** One vassal: its state and why, what its emperor knows of it, what the log says, and what can be done. */
import { X } from 'lucide-react';
import { Fragment } from 'react';
import type { VassalLog, VassalRow } from '../../../electron/contract/emperor-model.ts';
import { UNKNOWN_TEXT } from '../../format/quantity.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import '../workers/inspector.css';
import { useVassalLog } from './use-vassal-log.ts';
import { VassalStateWord } from './VassalState.tsx';
import { factsOf, nextWords } from './vassal-words.ts';

export interface VassalInspectorProps {
  row: VassalRow;
  /** Its emperor does not know it any more. */
  isGone: boolean;
  nowMs: number;
  /** A call for it is on its way. */
  isBusy: boolean;
  onClose: () => void;
  onTouch: () => void;
  onEdit: () => void;
  onAttach: () => void;
}

export function VassalInspector(props: VassalInspectorProps) {
  const { row, isGone, nowMs, isBusy, onClose, onTouch, onEdit, onAttach } = props;
  const log = useVassalLog(row);
  const { id, cause, configPath, instanceId, blacklist } = row;
  const noFile = configPath === null ? 'Its configuration is no file that is known here.' : null;
  const gone = isGone ? 'Its emperor does not list it any more.' : null;
  const busy = isBusy ? 'It is on its way.' : null;
  return (
    <aside
      className="insp vassal-insp"
      aria-label={`Vassal ${id}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="insp-head">
        <h2 className="b t13 grow ell" title={id}>
          {id}
        </h2>
        <CopyButton variant="quiet" size="sm" label="Copy the path of its file" text={() => configPath ?? id} />
        <IconButton label="Close" size="sm" icon={<X size={14} strokeWidth={1.75} aria-hidden />} onClick={onClose} />
      </div>
      <div className="insp-now">
        <div className="row g4">
          {isGone ? (
            <span className="s2">Its emperor does not list it any more.</span>
          ) : (
            <VassalStateWord state={row.state} />
          )}
          {blacklist?.nextAtMs == null || isGone ? null : (
            <span className="m q">next start {nextWords(row, nowMs)}</span>
          )}
        </div>
        {cause === '' || isGone ? null : <p className="s1">{cause}</p>}
        <div className="row g4 wrap">
          <Button size="sm" disabledReason={gone ?? noFile} onClick={onTouch}>
            Reload…
          </Button>
          <Button size="sm" disabledReason={gone ?? noFile ?? busy} onClick={onEdit}>
            Open its configuration
          </Button>
          <Button size="sm" disabledReason={instanceId === null ? (gone ?? busy) : null} onClick={onAttach}>
            {instanceId === null ? 'Attach' : 'Go to its page'}
          </Button>
        </div>
      </div>
      <dl className="kv m-values vassal-facts">
        {factsOf(row, nowMs).map(([term, value]) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd className={value === UNKNOWN_TEXT ? 'm z' : 'm'} title={value}>
              {value}
            </dd>
          </Fragment>
        ))}
      </dl>
      <LogLines log={log} />
      <p className="insp-note q">
        A vassal runs as long as its file is there: to stop it, move the file away where it lies. Reeve does not do
        that.
      </p>
    </aside>
  );
}

function LogLines({ log }: { log: VassalLog | null }) {
  return (
    <>
      <div className="sec">
        Log of its emperor
        <span className="r ell">{log?.path}</span>
      </div>
      {log === null ? (
        <p className="insp-note q">Reading the log</p>
      ) : log.lines.length > 0 ? (
        <pre className="vassal-log" aria-label="Lines about this vassal">
          {log.lines.join('\n')}
        </pre>
      ) : (
        <p className="insp-note s2">{log.reason ?? 'Nothing in the end of the log names it.'}</p>
      )}
    </>
  );
}
