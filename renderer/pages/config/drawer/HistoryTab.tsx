/** History: every version that is kept, who made it, what it changed, and what the reload after it came to. */
import { FileDiff, History as HistoryIcon } from 'lucide-react';
import type { ConfigHistory, ConfigVersion } from '../../../../electron/contract/desk-model.ts';
import { formatClock } from '../../../format/time.ts';
import { instanceRoute } from '../../../stores/router.ts';
import { useNow, useStores } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { TableHead } from '../../../ui/Table.tsx';
import { levelOf } from './desk-words.ts';
import type { Asked } from './use-asked.ts';

export interface HistoryTabProps {
  instanceId: string;
  history: Asked<ConfigHistory>;
  /** Digest of what is on the disk. */
  diskSha256: string;
  readOnly: boolean;
  onDiff: (versionId: number) => void;
  onRestore: (text: string) => void;
}

export function HistoryTab({ history, ...rest }: HistoryTabProps) {
  if (history.failure !== null && history.answer === null) return <p className="calm">{history.failure.message}</p>;
  if (history.answer === null) return <p className="calm">Reading the history</p>;
  const { versions, mostVersions } = history.answer;
  if (versions.length === 0) {
    return (
      <p className="calm">No version is kept yet. Each save keeps one, and so does a change by another program.</p>
    );
  }
  return (
    <div className="scroll grow">
      <table className="tb history">
        <thead>
          <tr>
            <TableHead>When</TableHead>
            <TableHead>Change</TableHead>
            <TableHead>Who</TableHead>
            <TableHead>What became of it</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <VersionRow key={version.id} version={version} {...rest} />
          ))}
        </tbody>
      </table>
      <p className="desk-note">
        The newest {mostVersions} versions of a file are kept, in a database only you can read.
      </p>
    </div>
  );
}

function VersionRow({
  version,
  instanceId,
  diskSha256,
  readOnly,
  onDiff,
  onRestore,
}: Omit<HistoryTabProps, 'history'> & { version: ConfigVersion }) {
  const { client, router } = useStores();
  const nowMs = useNow();
  const { result } = version;
  const reloadId = result?.reloadId ?? null;
  const restore = async () => {
    const { text } = await client.call('config.version', { instanceId, versionId: version.id });
    onRestore(text);
  };
  return (
    <tr>
      <td className="m">{formatClock(version.atMs, nowMs)}</td>
      <td title={version.summary ?? undefined}>
        {version.summary ?? <span className="q">the first that is kept</span>}
        {version.sha256 === diskSha256 ? <span className="q"> (on the disk)</span> : null}
      </td>
      <td className="s2" title={version.who ?? undefined}>
        {version.kind === 'saved' ? (
          (version.who ?? '–')
        ) : (
          <span className="q">{version.summary === null ? 'found on the disk' : 'another program'}</span>
        )}
      </td>
      <td>
        {result === null ? (
          <span className="q">–</span>
        ) : (
          <span className="row g3">
            <HealthGlyph level={levelOf(result.status)} silent />
            {reloadId === null ? (
              <span className="ell" title={result.text}>
                {result.text}
              </span>
            ) : (
              <button
                type="button"
                className="btn-link ell"
                onClick={() => router.go(instanceRoute(instanceId, 'reload', { reloadId }))}
              >
                {result.text}
              </button>
            )}
            {result.atMs === null ? null : <span className="m q">{formatClock(result.atMs, nowMs)}</span>}
          </span>
        )}
      </td>
      <td>
        <span className="row g2 desk-end">
          <Button
            size="sm"
            variant="quiet"
            icon={<FileDiff size={12} strokeWidth={1.75} aria-hidden />}
            onClick={() => onDiff(version.id)}
          >
            Diff
          </Button>
          <Button
            size="sm"
            variant="quiet"
            icon={<HistoryIcon size={12} strokeWidth={1.75} aria-hidden />}
            hint="Puts its text into the editor; saving is up to you."
            disabledReason={readOnly ? 'Reeve may not write this file.' : null}
            onClick={() => void restore().catch(() => onDiff(version.id))}
          >
            Restore
          </Button>
        </span>
      </td>
    </tr>
  );
}
