/**
 * Why there is no connection, and the next step. A key that is not the trusted one is red, with both fingerprints and
 * nothing to press: the old one is removed by hand.
 */
import { RotateCw, ShieldAlert, Terminal } from 'lucide-react';
import type { HostState } from '../../../electron/contract/hosts-model.ts';
import { formatLongTime } from '../../format/time.ts';
import { useNow } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { fingerprintsIn } from './attach-words.ts';
import { FingerprintText } from './QuestionCard.tsx';

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Keys that are refused: changed or revoked. */
export function isKeyRefused({ code }: Pick<HostState, 'code'>): boolean {
  return code === 'ssh-host-key-changed' || code === 'ssh-host-key-revoked';
}

export function HostTrouble({ host, onSystem, onRetry }: HostTroubleProps) {
  if (host.reason === null) return null;
  return isKeyRefused(host) ? (
    <RefusedKey host={host} onRetry={onRetry} />
  ) : (
    <div className="ask trouble" role="alert">
      <div className="h">
        <HealthGlyph level={host.status === 'failed' ? 'crit' : 'lost'} size={12} silent />
        <h3 className="md t13">{host.reason}</h3>
      </div>
      {host.hint ? <p className="in s2">{host.hint}</p> : null}
      <div className="foot">
        <Button icon={<RotateCw {...ICON} />} onClick={onRetry}>
          Try again
        </Button>
        {host.offersSystem ? (
          <Button
            icon={<Terminal {...ICON} />}
            hint="Certificates, hardware keys and what else this machine's ssh can do"
            onClick={onSystem}
          >
            Use the system's ssh
          </Button>
        ) : null}
        {host.nextTryAtMs === null ? null : <NextTry atMs={host.nextTryAtMs} />}
      </div>
    </div>
  );
}

interface HostTroubleProps {
  host: HostState;
  onSystem: () => void;
  onRetry: () => void;
}

function RefusedKey({ host, onRetry }: Pick<HostTroubleProps, 'host' | 'onRetry'>) {
  const isChanged = host.code === 'ssh-host-key-changed';
  const text = [host.reason, host.hint].join(' ');
  const name = host.hops.find(({ status }) => status === 'failed')?.name ?? host.id;
  return (
    <div className="ask refused" role="alert">
      <div className="h">
        <ShieldAlert size={16} strokeWidth={1.75} className="crit" aria-hidden />
        <h3 className="md t13">
          {isChanged ? `The host key of ${name} is not the one you trusted` : `The host key of ${name} was revoked`}
        </h3>
      </div>
      <p className="in s1">{host.reason}</p>
      {fingerprintsIn(text).map((fingerprint) => (
        <FingerprintText key={fingerprint} fingerprint={fingerprint} />
      ))}
      {host.hint ? <p className="in s2">{host.hint}</p> : null}
      <div className="foot">
        <span className="s2 grow">Nothing was sent. Reeve does not go on until the old key is removed by hand.</span>
        <Button icon={<RotateCw {...ICON} />} onClick={onRetry}>
          Look again
        </Button>
      </div>
    </div>
  );
}

function NextTry({ atMs }: { atMs: number }) {
  const nowMs = useNow();
  return (
    <span className="s2">
      next try in <span className="m s1">{formatLongTime(Math.max(0, atMs - nowMs))}</span>
    </span>
  );
}
