/**
 * Drift: what is on the disk and not in effect on the running server; or the difference to another instance or file.
 * Compared by meaning: comments, order, aliases and includes make no difference.
 */
import { GitCompareArrows } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ConfigDrift } from '../../../../electron/contract/desk-model.ts';
import { formatClock } from '../../../format/time.ts';
import { useInstances, useNow, useStores } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { MenuButton } from '../../../ui/MenuButton.tsx';
import { ChangesTable } from './ChangesTable.tsx';
import { drawer } from './drawer-layout.ts';
import { type Asked, useAsked } from './use-asked.ts';

/** What is compared with. */
export type Other =
  | { type: 'running' }
  | { type: 'instance'; id: string; name: string }
  | { type: 'file'; path: string };

export interface DriftTabProps {
  instanceId: string;
  text: string;
  path: string;
  drift: Asked<ConfigDrift>;
  onGoTo: (line: number) => void;
}

export function DriftTab({ instanceId, text, path, drift, onGoTo }: DriftTabProps) {
  const [other, setOther] = useState<Other>(() => askedFor(instanceId));
  const [isAsking, setIsAsking] = useState(false);
  const byId = useInstances((state) => state.byId);
  const others = Object.values(byId).filter(({ id, configPath }) => id !== instanceId && configPath !== null);
  const choose = (next: Other) => {
    setOther(next);
    setIsAsking(false);
    drawer.show('drift');
  };
  const title = other.type === 'running' ? 'What runs' : other.type === 'instance' ? other.name : other.path;
  return (
    <div className="col grow">
      <div className="desk-tool">
        <span className="q">Compared with</span>
        <MenuButton
          entries={[
            { id: 'running', title: 'What runs', onSelect: () => choose({ type: 'running' }) },
            ...others.map(({ id, name }, index) => ({
              id,
              title: name,
              divider: index === 0,
              onSelect: () => choose({ type: 'instance', id, name }),
            })),
            { id: 'file', title: 'A file…', divider: true, onSelect: () => setIsAsking(true) },
          ]}
        >
          <Button size="sm" icon={<GitCompareArrows size={12} strokeWidth={1.75} aria-hidden />}>
            {title}
          </Button>
        </MenuButton>
        {isAsking ? <FileField onChoose={(chosen) => choose({ type: 'file', path: chosen })} /> : null}
        <span className="grow" />
        <span className="q t11 ell">By meaning: comments, order, aliases and includes make no difference</span>
      </div>
      {other.type === 'running' ? (
        <Running drift={drift} path={path} onGoTo={onGoTo} />
      ) : (
        <Compared instanceId={instanceId} text={text} path={path} other={other} onGoTo={onGoTo} />
      )}
    </div>
  );
}

/** What was chosen elsewhere: two instances in the fleet. */
function askedFor(instanceId: string): Other {
  const { comparison } = drawer.getState();
  return comparison?.instanceId === instanceId ? { type: 'instance', ...comparison.other } : { type: 'running' };
}

function FileField({ onChoose }: { onChoose: (path: string) => void }) {
  const [path, setPath] = useState('');
  function submit(event: FormEvent) {
    event.preventDefault();
    if (path.trim() !== '') onChoose(path.trim());
  }
  return (
    <form className="row g3" onSubmit={submit}>
      <span className="inp sm desk-path">
        <input
          className="m"
          aria-label="Path of the other file"
          placeholder="/etc/uwsgi/apps/other.ini"
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: it was asked for by the menu a moment ago
          autoFocus
          value={path}
          onChange={(event) => setPath(event.target.value)}
        />
      </span>
      <Button size="sm" type="submit" disabledReason={path.trim() === '' ? 'Give the path of a file.' : null}>
        Compare
      </Button>
    </form>
  );
}

type PlaceProps = Pick<DriftTabProps, 'path' | 'onGoTo'>;

function Running({ drift: { answer, failure }, path, onGoTo }: PlaceProps & { drift: Asked<ConfigDrift> }) {
  const nowMs = useNow();
  if (failure !== null && answer === null) return <p className="calm">{failure.message}</p>;
  if (answer === null) return <p className="calm">Comparing with what runs</p>;
  const { status, basis, notes, changes, loadedAtMs } = answer;
  const words = {
    same: 'What runs is what is on the disk.',
    drift: changes.length === 1 ? '1 option is not in effect.' : `${changes.length} options are not in effect.`,
    unknown: 'Not known.',
    stopped: '',
  }[status];
  return (
    <div className="scroll grow">
      <p className="desk-note row g3" role="status">
        <HealthGlyph level={status === 'same' ? 'ok' : status === 'drift' ? 'warn' : 'off'} silent />
        <span>
          {words} <span className="q">{basis}</span>
          {loadedAtMs === null ? null : <span className="m q"> {formatClock(loadedAtMs, nowMs)}</span>}
        </span>
      </p>
      {notes.map((note) => (
        <p className="desk-note q" key={note}>
          {note}
        </p>
      ))}
      {changes.length > 0 ? <ChangesTable changes={changes} kind="drift" path={path} onGoTo={onGoTo} /> : null}
    </div>
  );
}

function Compared({
  instanceId,
  text,
  other,
  path,
  onGoTo,
}: PlaceProps & Pick<DriftTabProps, 'instanceId' | 'text'> & { other: Exclude<Other, { type: 'running' }> }) {
  const { client } = useStores();
  const right =
    other.type === 'file'
      ? ({ type: 'file', path: other.path } as const)
      : ({ type: 'disk', instanceId: other.id } as const);
  const compared = useAsked(
    `${JSON.stringify(right)} ${text}`,
    async () => client.call('config.compare', { left: { type: 'text', instanceId, text }, right }),
    200,
  );
  const { answer, failure } = compared;
  if (failure !== null) return <p className="calm">{failure.message}</p>;
  if (answer === null) return <p className="calm">Reading both configurations</p>;
  if (answer.problems.length > 0) {
    return (
      <div className="scroll grow">
        {answer.problems.map((problem) => (
          <p className="desk-note row g3" key={problem}>
            <HealthGlyph level="crit" silent />
            {problem}
          </p>
        ))}
      </div>
    );
  }
  if (answer.changes.length === 0) return <p className="calm">Both come to the same configuration.</p>;
  return (
    <div className="scroll grow">
      <ChangesTable changes={answer.changes} kind="comparison" path={path} onGoTo={onGoTo} />
    </div>
  );
}
