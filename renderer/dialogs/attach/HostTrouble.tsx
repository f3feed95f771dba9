/**
 * Why there is no connection, and the next step. A key that is not the trusted one is red, with both fingerprints and
 * nothing to press: the old one is removed by hand.
 */
import { ShieldAlert, Terminal } from 'lucide-react';
import type { HostState } from '../../../electron/contract/hosts-model.ts';
import { formatLongTime } from '../../format/time.ts';
import { useNow } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { fingerprintsIn, removeKeyCommand } from './attach-words.ts';
import { FingerprintText } from './QuestionCard.tsx';

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Keys that are refused: changed or revoked. */
export function isKeyRefused({ code }: Pick<HostState, 'code'>): boolean {
  return code === 'ssh-host-key-changed' || code === 'ssh-host-key-revoked';
}

export function HostTrouble({ host, onSystem }: HostTroubleProps) {
  if (host.reason === null) return null;
  return isKeyRefused(host) ? (
    <RefusedKey host={host} />
  ) : (
    <div className="ask trouble" role="alert">
      <div className="h">
        <HealthGlyph level={host.status === 'failed' ? 'crit' : 'lost'} size={12} silent />
        <h3 className="md t13">{host.reason}</h3>
      </div>
      {host.hint ? <p className="in s2">{host.hint}</p> : null}
      {host.offersSystem || host.nextTryAtMs !== null ? (
        <div className="foot">
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
      ) : null}
    </div>
  );
}

interface HostTroubleProps {
  host: HostState;
  onSystem: () => void;
}

function RefusedKey({ host }: { host: HostState }) {
  const isChanged = host.code === 'ssh-host-key-changed';
  const hop = host.hops.find(({ status }) => status === 'failed');
  const name = hop?.name ?? host.id;
  const remove = isChanged && hop !== undefined ? removeKeyCommand(hop, host.reason ?? '') : null;
  return (
    <div className="ask refused" role="alert">
      <div className="h">
        <ShieldAlert size={16} strokeWidth={1.75} className="crit" aria-hidden />
        <h3 className="md t13">
          {isChanged ? `The host key of ${name} is not the one you trusted` : `The host key of ${name} was revoked`}
        </h3>
      </div>
      <p className="in s1">{host.reason}</p>
      {fingerprintsIn(host.reason ?? '').map((fingerprint, index) => (
        <div key={fingerprint} className="row g4">
          <span className="q which">{isChanged ? (index === 0 ? 'it sent' : 'known') : 'revoked'}</span>
          <FingerprintText fingerprint={fingerprint} />
        </div>
      ))}
      {host.hint ? <p className="in s2">{host.hint}</p> : null}
      <div className="foot">
        <span className="s2">
          {isChanged
            ? 'Reeve does not go on until the old key is removed by hand'
            : 'Reeve does not go on with this key'}
          {remove === null ? '.' : ', e.g. with '}
          {remove === null ? null : <code className="m s1">{remove}</code>}
        </span>
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
