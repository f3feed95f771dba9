/**
 * No link to an instance: what fails and where on the way, whether the instance is affected, when the next try is; then
 * what was tried. Figures below stay, quiet, with their time.
 */
import { RotateCw, Unplug } from 'lucide-react';
import { Fragment } from 'react';
import type { HostState } from '../../../electron/contract/hosts-model.ts';
import type { Health, Instance } from '../../../electron/contract/model.ts';
import { runCommand } from '../../commands/commands.ts';
import { runAction } from '../../commands/run-action.ts';
import { formatLongTime } from '../../format/time.ts';
import { useHosts, useInstances, useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { LostDetail } from './LostDetail.tsx';
import { type ChainStop, chainOf, firstSentence, othersBehind } from './link-chain.ts';

export function LinkLost({ instance, isOpen }: { instance: Instance; isOpen: boolean }) {
  const nowMs = useNow();
  const host = useHosts((state) => state.byId[instance.machine]) ?? null;
  const byId = useInstances((state) => state.byId);
  const { link, name, hostName } = instance;
  // The host's own trouble comes first: nothing of the instance can be told without it.
  const lostHost = host !== null && host.status !== 'ready' ? host : null;
  const chain = chainOf(instance, host);
  const stop = chain.find(({ status }) => status !== 'ok') ?? null;
  const others = lostHost === null || stop === null ? [] : othersBehind(Object.values(byId), instance, stop);
  const ageMs = link.lastAnswerAtMs === null ? null : nowMs - link.lastAnswerAtMs;
  return (
    <>
      <ErrorBand
        icon={<Unplug size={18} strokeWidth={1.75} aria-hidden />}
        title={lostHost === null ? `No link to ${name}` : hostTitle(hostName, lostHost)}
        text={
          <>
            {lostHost === null
              ? `${link.reason ?? ''} ${affected(link.code)}`
              : `${furtherWords(lostHost)}The instance itself may be fine`}
            {lostHost === null || stop === null ? null : (
              <>
                : the link breaks before <span className="m s1">{stop.name}</span>
                {others.length === 0 ? null : (
                  <>
                    , and <span className="m s1">{others.length}</span> more{' '}
                    {others.length === 1 ? 'instance' : 'instances'} behind it {others.length === 1 ? 'is' : 'are'}{' '}
                    affected
                  </>
                )}
                .
              </>
            )}
            {isGivenUp(instance, lostHost) ? ' It is not tried until you ask.' : null}
            {ageMs === null ? null : (
              <>
                {' '}
                Figures below are <span className="m s1">{formatLongTime(ageMs)}</span> old.
              </>
            )}
            <Chain stops={chain} />
          </>
        }
        actions={<Actions instance={instance} lostHost={lostHost} nowMs={nowMs} />}
      />
      {isOpen ? <LostDetail instance={instance} host={host} stop={stop} others={others} nowMs={nowMs} /> : null}
    </>
  );
}

/** `No link to web-03.ams: bastion.ams does not answer on port 2222` */
function hostTitle(hostName: string, { status, reason }: HostState): string {
  if (status === 'asking') return `No link to ${hostName}: it waits for your answer`;
  if (reason !== null) return `No link to ${hostName}: ${firstSentence(reason).title.replace(/^The /, 'the ')}`;
  return status === 'connecting' || status === 'authenticating'
    ? `Connecting to ${hostName}`
    : `No link to ${hostName}`;
}

/** What the title leaves out of the reason. */
function furtherWords({ status, reason }: HostState): string {
  const { rest } = firstSentence(status === 'asking' ? '' : (reason ?? ''));
  return rest === '' ? '' : `${rest} `;
}

function isGivenUp({ link }: Instance, host: HostState | null): boolean {
  return host === null ? link.status === 'idle' : host.status === 'idle' || host.status === 'failed';
}

interface ActionsProps {
  instance: Instance;
  lostHost: HostState | null;
  nowMs: number;
}

function Actions({ instance, lostHost, nowMs }: ActionsProps) {
  const stores = useStores();
  const { hosts, ui } = stores;
  const nextTryAtMs = lostHost === null ? instance.link.nextTryAtMs : lostHost.nextTryAtMs;
  if (lostHost?.status === 'asking') {
    return (
      <Button variant="primary" onClick={() => ui.openDialog({ type: 'question' })}>
        Answer…
      </Button>
    );
  }
  const isOnItsWay = lostHost?.status === 'connecting' || lostHost?.status === 'authenticating';
  const tryNow = () =>
    lostHost === null ? runCommand(stores, 'instance.retry') : runAction(hosts.connect(lostHost.id));
  const stopTrying = () =>
    lostHost === null ? runCommand(stores, 'instance.pause') : runAction(hosts.disconnect(lostHost.id));
  return (
    <>
      {nextTryAtMs === null ? null : (
        <span className="s2">
          next try in <span className="m md s1">{formatLongTime(Math.max(0, nextTryAtMs - nowMs))}</span>
        </span>
      )}
      <Button
        variant="primary"
        icon={<RotateCw size={14} strokeWidth={1.75} aria-hidden />}
        disabledReason={isOnItsWay ? 'It is being tried.' : null}
        onClick={tryNow}
      >
        Try now
      </Button>
      {isGivenUp(instance, lostHost) ? null : <Button onClick={stopTrying}>Stop trying</Button>}
    </>
  );
}

const LEVELS: Record<ChainStop['status'], Health['level']> = {
  ok: 'ok',
  broken: 'crit',
  asking: 'warn',
  unknown: 'lost',
};

function Chain({ stops }: { stops: readonly ChainStop[] }) {
  return (
    <span className="hops">
      <span className="hop">
        <HealthGlyph level="ok" silent />
        <span className="m md s1">this machine</span>
      </span>
      {stops.map((stop) => (
        <Fragment key={`${stop.name} ${stop.address}`}>
          <Edge status={stop.status} />
          <span className={stop.status === 'broken' ? 'hop broken' : 'hop'}>
            <HealthGlyph level={LEVELS[stop.status]} silent />
            <span className="m md s1 ell">{stop.name}</span>
            {stop.address ? <span className="q m t11 ell">{stop.address}</span> : null}
            <span className="sr-only">{WORDS[stop.status]}</span>
          </span>
        </Fragment>
      ))}
    </span>
  );
}

const WORDS: Record<ChainStop['status'], string> = {
  ok: 'reached',
  broken: 'the link breaks here',
  asking: 'waits for an answer',
  unknown: 'not reached',
};

function Edge({ status }: { status: ChainStop['status'] }) {
  const isBroken = status === 'broken';
  const isDashed = status === 'unknown' || status === 'asking';
  return (
    <svg width="40" height="12" aria-hidden="true" className="edge">
      <path
        d="M2 6h36"
        stroke={isBroken ? 'var(--crit)' : 'var(--line-ctl)'}
        strokeWidth="1.5"
        strokeDasharray={isDashed ? '3 3' : undefined}
      />
      {isBroken ? <path d="M15 1l10 10M25 1 15 11" stroke="var(--crit)" strokeWidth="2" /> : null}
    </svg>
  );
}

/** Codes that say nothing about the server, and codes that say it is not there. */
const ONLY_THE_LINK = new Set(['stats-timeout', 'stats-slow', 'stats-reset', 'stats-permission', 'stats-unreachable']);
const NOT_THERE = new Set(['stats-refused', 'stats-no-socket']);

/** Whether the instance itself is affected, as far as the reason tells. */
function affected(code: string | null): string {
  if (code !== null && (ONLY_THE_LINK.has(code) || code.startsWith('ssh-'))) return 'The instance itself may be fine.';
  return code !== null && NOT_THERE.has(code) ? 'The server may have been stopped.' : '';
}
