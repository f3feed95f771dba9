/** Settings: host keys that Reeve keeps itself. One that is forgotten is asked about again. */
import { X } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { TrustedKey } from '../../../electron/contract/hosts-model.ts';
import { keyTypeName } from '../../dialogs/attach/attach-words.ts';
import { FailureText } from '../../dialogs/FailureText.tsx';
import { useCall } from '../../dialogs/use-call.ts';
import { formatClock } from '../../format/time.ts';
import { useAttachedEffect } from '../../stores/use-attached-effect.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { IconButton } from '../../ui/IconButton.tsx';

export function TrustedKeysSetting() {
  const { client } = useStores();
  const nowMs = useNow();
  const [keys, setKeys] = useState<readonly TrustedKey[]>([]);
  const { run, failure } = useCall();
  useAttachedEffect(
    useCallback(
      () =>
        run(
          () => client.call('hosts.keys', {}),
          (result) => setKeys(result.keys),
        ),
      [run, client],
    ),
  );

  async function forget({ name, keyType }: TrustedKey) {
    await client.call('hosts.forgetKey', { name, keyType });
    return client.call('hosts.keys', {});
  }

  return (
    <section className="setting wide" aria-label="Host keys">
      <div>
        <h2 className="md t13">Host keys</h2>
        <p className="s2">
          {keys.length === 0
            ? 'None is kept by Reeve. '
            : 'Kept by Reeve; one that is forgotten is asked about again. '}
          Those of known_hosts count as well, and are removed with ssh-keygen -R.
        </p>
      </div>
      {failure ? <FailureText failure={failure} /> : null}
      {keys.length === 0 ? null : (
        <ul className="host-rows">
          {keys.map((key) => (
            <li className="host-row" key={`${key.name} ${key.keyType}`}>
              <div className="grow">
                <div className="row g4">
                  <span className="m ell">{key.name}</span>
                  <span className="q">
                    {keyTypeName(key.keyType)}, since {formatClock(key.sinceMs, nowMs)}
                  </span>
                </div>
                <div className="s2 m t11 ell">{key.fingerprint}</div>
              </div>
              <IconButton
                label={`Forget the key of ${key.name}`}
                icon={<X size={14} strokeWidth={1.75} aria-hidden />}
                onClick={() =>
                  run(
                    () => forget(key),
                    (result) => setKeys(result.keys),
                  )
                }
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
