/** Says that the host of the file can't be reached: what is typed stays here, and what a save comes to until then. */
import type { Instance } from '../../../electron/contract/model.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';

/** The host of a file that is not on this machine; null: it is. */
export function awayOn(instance: Instance | undefined): string | null {
  return instance === undefined || instance.machine === 'local' ? null : instance.hostName;
}

export function LinkBar({ instance }: { instance: Instance | undefined }) {
  const host = awayOn(instance);
  if (host === null || instance === undefined || !isDown(instance)) return null;
  return (
    <div className="att plain" role="status">
      <HealthGlyph level="lost" silent />
      <span className="grow">
        What you type is kept here. The checks go by what {host} said last; it can be saved when the link is up.
      </span>
    </div>
  );
}

/** A server that does not answer on a host that does is no reason not to save. */
function isDown({ link }: Instance): boolean {
  return link.status !== 'attached' && (link.code?.startsWith('ssh-') ?? false);
}
