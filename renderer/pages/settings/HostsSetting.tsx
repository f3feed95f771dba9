/** Settings: hosts that were used, the state of each, and what makes its connection. */
import { X } from 'lucide-react';
import type { HostEntry, HostState, TransportChoice } from '../../../electron/contract/hosts-model.ts';
import type { Health } from '../../../electron/contract/model.ts';
import { runAction } from '../../commands/run-action.ts';
import { formatLongTime } from '../../format/time.ts';
import { useHosts, useInstances, useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { IconButton } from '../../ui/IconButton.tsx';

export function HostsSetting() {
  const { ui } = useStores();
  const entries = useHosts((state) => state.entries);
  const states = useHosts((state) => state.byId);
  const byId = useInstances((state) => state.byId);
  const inUse = new Set(Object.values(byId).map(({ machine }) => machine));
  const shown = entries.filter(({ id }) => states[id] !== undefined || inUse.has(id));
  const rest = entries.length - shown.length;
  return (
    <section className="setting wide" aria-label="Hosts">
      <div className="row g4">
        <div className="grow">
          <h2 className="md t13">Hosts</h2>
          <p className="s2">
            {shown.length === 0
              ? 'No host behind SSH is in use. '
              : 'One connection each, whatever is attached on it. '}
            {rest > 0 ? `${rest} ${rest === 1 ? 'other is' : 'others are'} in ~/.ssh/config.` : null}
          </p>
        </div>
        <Button onClick={() => ui.openDialog({ type: 'attach' })}>Attach…</Button>
      </div>
      {shown.length === 0 ? null : (
        <ul className="host-rows">
          {shown.map((entry) => (
            <HostRow key={entry.id} entry={entry} host={states[entry.id] ?? null} isInUse={inUse.has(entry.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

const LEVELS: Record<HostState['status'], Health['level']> = {
  idle: 'off',
  connecting: 'lost',
  authenticating: 'lost',
  asking: 'warn',
  ready: 'ok',
  waiting: 'lost',
  failed: 'crit',
};

function HostRow({ entry, host, isInUse }: { entry: HostEntry; host: HostState | null; isInUse: boolean }) {
  const { hosts, ui } = useStores();
  const nowMs = useNow();
  const status = host?.status ?? 'idle';
  const isStill = status === 'idle' || status === 'failed';
  const text = host === null ? 'not connected' : stateText(host, nowMs);
  return (
    <li className="host-row">
      <HealthGlyph level={LEVELS[status]} silent />
      <div className="grow">
        <div className="row g4">
          <span className="m ell">{entry.id}</span>
          {entry.via.length > 0 ? <span className="q ell">via {entry.via.join(', ')}</span> : null}
        </div>
        <div className="s2 t11">{text}</div>
      </div>
      <select
        className="inp"
        aria-label={`What connects to ${entry.id}`}
        value={host?.transport ?? 'ssh2'}
        onChange={(event) => runAction(hosts.connect(entry.id, TRANSPORTS[event.target.value] ?? 'ssh2'))}
      >
        <option value="ssh2">Reeve's own SSH</option>
        <option value="system">the system's ssh</option>
      </select>
      <div className="host-act">
        {status === 'asking' ? (
          <Button onClick={() => ui.openDialog({ type: 'question' })}>Answer…</Button>
        ) : isStill || status === 'waiting' ? (
          <Button onClick={() => runAction(hosts.connect(entry.id))}>{isStill ? 'Connect' : 'Try now'}</Button>
        ) : (
          <Button onClick={() => runAction(hosts.disconnect(entry.id))}>Disconnect</Button>
        )}
      </div>
      <IconButton
        label={`Forget ${entry.id}`}
        icon={<X size={14} strokeWidth={1.75} aria-hidden />}
        disabledReason={isInUse ? 'Instances on it are in the list; remove them first.' : null}
        onClick={() => runAction(hosts.forget(entry.id))}
      />
    </li>
  );
}

const TRANSPORTS: Record<string, TransportChoice> = { ssh2: 'ssh2', system: 'system' };
const READ_BY = {
  streamlocal: 'stats read through forwarded sockets',
  tcp: 'stats read through forwarded connections',
  reader: 'stats read by a command there',
} as const;

function stateText(host: HostState, nowMs: number): string {
  const { status, reason, connectedSinceMs, readBy, nextTryAtMs } = host;
  if (status === 'ready') {
    const since = connectedSinceMs === null ? '' : ` for ${formatLongTime(nowMs - connectedSinceMs)}`;
    return `connected${since}${readBy === null ? '' : `, ${READ_BY[readBy]}`}`;
  }
  if (status === 'connecting') return 'connecting';
  if (status === 'authenticating') return 'signing in';
  if (status === 'asking') return 'waits for your answer';
  const next = nextTryAtMs === null ? '' : ` Next try in ${formatLongTime(Math.max(0, nextTryAtMs - nowMs))}.`;
  return `${reason ?? 'Not connected.'}${next}`;
}
