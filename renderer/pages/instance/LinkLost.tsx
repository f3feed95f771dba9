/**
 * No link to an instance: what fails, whether the instance is affected, when the next try is; then what was tried.
 * Figures below stay, quiet, with their time.
 */
import { RotateCw, Unplug } from 'lucide-react';
import type { Instance } from '../../../electron/contract/model.ts';
import { runCommand } from '../../commands/commands.ts';
import { formatClock, formatLongTime } from '../../format/time.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';

const MOST_TRIES = 6;

export function LinkLost({ instance, isOpen }: { instance: Instance; isOpen: boolean }) {
  const stores = useStores();
  const nowMs = useNow();
  const { link, statsAddress, name } = instance;
  const ageMs = link.lastAnswerAtMs === null ? null : nowMs - link.lastAnswerAtMs;
  const isGivenUp = link.status === 'idle';
  const waitMs = link.nextTryAtMs === null ? null : Math.max(0, link.nextTryAtMs - nowMs);
  return (
    <>
      <ErrorBand
        icon={<Unplug size={18} strokeWidth={1.75} aria-hidden />}
        title={`No link to ${name}`}
        text={
          <>
            {link.reason} {affected(link.code)} {isGivenUp ? 'It is not tried until you ask.' : null}
            {ageMs === null ? null : (
              <>
                {' '}
                Figures below are <span className="m s1">{formatLongTime(ageMs)}</span> old.
              </>
            )}
            <Hops statsAddress={statsAddress} />
          </>
        }
        actions={
          <>
            {waitMs === null ? null : (
              <span className="s2">
                next try in <span className="m md s1">{formatLongTime(waitMs)}</span>
              </span>
            )}
            <Button
              variant="primary"
              icon={<RotateCw size={14} strokeWidth={1.75} aria-hidden />}
              onClick={() => runCommand(stores, 'instance.retry')}
            >
              Try now
            </Button>
            {isGivenUp ? null : <Button onClick={() => runCommand(stores, 'instance.pause')}>Stop trying</Button>}
          </>
        }
      />
      {isOpen ? <LostDetail instance={instance} nowMs={nowMs} /> : null}
    </>
  );
}

function Hops({ statsAddress }: { statsAddress: string }) {
  return (
    <span className="hops">
      <span className="hop">
        <HealthGlyph level="ok" silent />
        <span className="m md s1">this machine</span>
      </span>
      <svg width="56" height="12" aria-hidden="true">
        <path d="M2 6h52" stroke="var(--crit)" strokeWidth="1.5" />
        <path d="M23 1l10 10M33 1 23 11" stroke="var(--crit)" strokeWidth="2" />
      </svg>
      <span className="hop broken">
        <HealthGlyph level="lost" silent />
        <span className="m md s1">{statsAddress}</span>
      </span>
    </span>
  );
}

function LostDetail({ instance, nowMs }: { instance: Instance; nowMs: number }) {
  const tries = instance.link.tries.slice(-MOST_TRIES);
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
                <td title={attempt.text}>{attempt.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section aria-label="What you can check">
        <h2 className="sec">What you can check</h2>
        <ul className="checks-list">
          <li>
            That the server runs: <span className="m">{processHint(instance)}</span>
          </li>
          <li>
            That its file still has <span className="m">stats = {instance.statsAddress}</span>
          </li>
          <li>
            What answers there: <span className="m">reeve stats {instance.statsAddress}</span>
          </li>
        </ul>
      </section>
    </div>
  );
}

/** Codes that say nothing about the server, and codes that say it is not there. */
const ONLY_THE_LINK = new Set(['stats-timeout', 'stats-slow', 'stats-reset', 'stats-permission', 'stats-unreachable']);
const NOT_THERE = new Set(['stats-refused', 'stats-no-socket']);

/** Whether the instance itself is affected, as far as the reason tells. */
function affected(code: string | null): string {
  if (code !== null && ONLY_THE_LINK.has(code)) return 'The instance itself may be fine.';
  return code !== null && NOT_THERE.has(code) ? 'The server may have been stopped.' : '';
}

function processHint({ masterPid }: Instance): string {
  return masterPid === null ? 'pgrep -a uwsgi' : `ps -p ${masterPid}`;
}
