/** What was tried, what can be checked, the command to try oneself, and who else is behind the same link. */
import { Check } from 'lucide-react';
import { useState } from 'react';
import type { HostState } from '../../../electron/contract/hosts-model.ts';
import type { Instance } from '../../../electron/contract/model.ts';
import { runAction } from '../../commands/run-action.ts';
import { withoutMachine } from '../../dialogs/attach/attach-words.ts';
import { formatClock } from '../../format/time.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useHosts, useStores } from '../../stores/use-stores.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { type ChainStop, sshCommand, triesOf } from './link-chain.ts';

const MOST_TRIES = 6;
const MOST_OTHERS = 6;

export interface LostDetailProps {
  instance: Instance;
  host: HostState | null;
  /** Where the way ends. */
  stop: ChainStop | null;
  others: readonly Instance[];
  nowMs: number;
}

export function LostDetail({ instance, host, stop, others, nowMs }: LostDetailProps) {
  const tries = triesOf(instance.link, host, MOST_TRIES);
  const isOfHost = host !== null && host.status !== 'ready';
  return (
    <div className="lost-detail">
      <section aria-label="What was tried">
        <h2 className="sec">What was tried</h2>
        <table className="tb">
          <colgroup>
            <col style={{ width: 92 }} />
            <col style={{ width: 26 }} />
            <col />
          </colgroup>
          <tbody>
            {tries.map((attempt) => (
              <tr key={`${attempt.atMs}:${attempt.text}`}>
                <td className="m s2">{formatClock(attempt.atMs, nowMs)}</td>
                <td>
                  <HealthGlyph level={attempt.ok ? 'ok' : 'crit'} />
                </td>
                <td className="said">{attempt.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section aria-label="What you can check">
        <h2 className="sec">What you can check</h2>
        {isOfHost ? <HostChecks host={host} /> : <ServerChecks instance={instance} />}
        {others.length > 0 && stop !== null ? <AlsoBehind stop={stop} others={others} /> : null}
      </section>
    </div>
  );
}

function ServerChecks({ instance }: { instance: Instance }) {
  const { masterPid, statsAddress, machine, hostName } = instance;
  const there = machine === 'local' ? '' : ` on ${hostName}`;
  return (
    <ul className="checks-list">
      <li>
        That the server runs{there}:{' '}
        <span className="m">{masterPid === null ? 'pgrep -a uwsgi' : `ps -p ${masterPid}`}</span>
      </li>
      <li>
        That its file still has <span className="m">stats = {withoutMachine(statsAddress)}</span>
      </li>
      <li>
        What answers there: <span className="m">reeve stats {statsAddress}</span>
      </li>
    </ul>
  );
}

function HostChecks({ host }: { host: HostState }) {
  const { hosts } = useStores();
  const online = useHosts((state) => onlineElsewhere(Object.values(state.byId), host));
  const brokenAt = host.hops.findIndex(({ status }) => status !== 'ready');
  const broken = host.hops[brokenAt];
  // Behind another machine only the whole way can be tried.
  const command = sshCommand(brokenAt === 0 && broken !== undefined ? broken.name : host.id);
  const isReached = broken?.status === 'asking' || (host.code?.startsWith('ssh-host-key') ?? false);
  return (
    <div className="checks-list">
      <ul>
        {online === null ? null : (
          <li className="row g4">
            <Check size={13} strokeWidth={2.25} className="okc" aria-hidden />
            <span>
              This machine is online: <span className="m">{online}</span> is connected
            </span>
          </li>
        )}
        {host.hint === null ? null : (
          <li className="row g4">
            <HealthGlyph level="crit" silent />
            <span>{host.hint}</span>
          </li>
        )}
        {broken === undefined || isReached || host.code === null || host.code.startsWith('ssh-auth') ? null : (
          <li className="row g4">
            <HealthGlyph level="lost" silent />
            <span>Host key and sign-in: not reached</span>
          </li>
        )}
      </ul>
      <div className="code">{command}</div>
      <div className="row g5">
        <CopyButton variant="quiet" size="sm" text={() => command}>
          Copy command
        </CopyButton>
        {host.offersSystem ? (
          <button type="button" className="btn-link" onClick={() => runAction(hosts.connect(host.id, 'system'))}>
            Use the system's ssh
          </button>
        ) : null}
      </div>
    </div>
  );
}

/** A host that is connected by another way: the trouble is not this machine's network. */
function onlineElsewhere(all: readonly HostState[], host: HostState): string | null {
  const first = host.hops[0]?.name;
  return all.find(({ status, hops }) => status === 'ready' && hops[0]?.name !== first)?.id ?? null;
}

function AlsoBehind({ stop, others }: { stop: ChainStop; others: readonly Instance[] }) {
  const { router } = useStores();
  const [isAll, setIsAll] = useState(false);
  const shown = isAll ? others : others.slice(0, MOST_OTHERS);
  return (
    <>
      <h2 className="sec hr1">
        Also behind <span className="m">{stop.name}</span>
      </h2>
      <div className="also">
        {shown.map(({ id, name, health }) => (
          <button key={id} type="button" className="tag" onClick={() => router.go(instanceRoute(id))}>
            <HealthGlyph level={health.level} size={8} silent />
            {name}
          </button>
        ))}
        {others.length > shown.length ? (
          <button type="button" className="btn-link t11" onClick={() => setIsAll(true)}>
            {others.length - shown.length} more
          </button>
        ) : null}
      </div>
    </>
  );
}
