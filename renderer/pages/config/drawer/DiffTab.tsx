/**
 * Diff: what the text in the editor changes, against the disk or against any version that is kept; the change in words,
 * line by line, or side by side.
 */
import { Columns2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ConfigVersion } from '../../../../electron/contract/desk-model.ts';
import { formatClock } from '../../../format/time.ts';
import { useNow, useStores } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { DiffRows } from './DiffRows.tsx';
import { levelOf } from './desk-words.ts';
import { SideBySide } from './SideBySide.tsx';
import { hunkAtLine, type UnifiedDiff, unifiedDiff, withoutHunk } from './unified-rows.ts';
import { useAsked } from './use-asked.ts';

export interface DiffTabProps {
  instanceId: string;
  saved: string;
  text: string;
  readOnly: boolean;
  cursorLine: number;
  /** Newest first; null: not read yet. */
  versions: readonly ConfigVersion[] | null;
  /** Version that is compared with; null: the disk. */
  against: number | null;
  onAgainst: (versionId: number | null) => void;
  onPut: (text: string) => void;
  onGoTo: (line: number) => void;
}

export function DiffTab(props: DiffTabProps) {
  const { instanceId, saved, text, versions, against, onAgainst } = props;
  const { client } = useStores();
  const nowMs = useNow();
  const unsaved = useMemo(() => unifiedDiff(saved, text), [saved, text]);
  const version = versions?.find(({ id }) => id === against) ?? null;
  const versionId = version?.id ?? null;
  const old = useAsked(versionId === null ? null : `${versionId}`, async () =>
    client.call('config.version', { instanceId, versionId: versionId ?? 0 }),
  );
  const base = version === null ? saved : old.key === `${version.id}` ? (old.answer?.text ?? null) : null;
  return (
    <div className="drawer-split">
      <ul className="diff-list scroll" aria-label="Versions to compare with">
        <li>
          <button
            type="button"
            className="diff-item focus-inset"
            aria-current={version === null}
            onClick={() => onAgainst(null)}
          >
            <span className="row g4">
              <span className="m grow">now, unsaved</span>
              <Counts diff={unsaved} />
            </span>
            <span className="ell s2">{unsavedWords(unsaved)}</span>
          </button>
        </li>
        {(versions ?? []).map((item) => (
          <li key={item.id}>
            <button
              type="button"
              className="diff-item focus-inset"
              aria-current={item.id === version?.id}
              onClick={() => onAgainst(item.id)}
            >
              <span className="row g3">
                <span className="m grow">{formatClock(item.atMs, nowMs)}</span>
                {item.result ? (
                  <>
                    <HealthGlyph level={levelOf(item.result.status)} silent />
                    <span className="q t11 ell">{item.result.text}</span>
                  </>
                ) : null}
              </span>
              <span className="ell s2" title={item.summary ?? undefined}>
                {item.summary ?? 'the first that is kept'}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <DiffPane {...props} base={base} version={version} failure={version === null ? null : old.failure} />
    </div>
  );
}

interface DiffPaneProps extends DiffTabProps {
  /** The old text; null: it is on its way. */
  base: string | null;
  version: ConfigVersion | null;
  failure: { message: string } | null;
}

function DiffPane({ instanceId, base, version, failure, text, readOnly, cursorLine, onPut, onGoTo }: DiffPaneProps) {
  const { client } = useStores();
  const nowMs = useNow();
  const [isWide, setIsWide] = useState(false);
  const diff = useMemo(() => (base === null ? null : unifiedDiff(base, text)), [base, text]);
  const side = { instanceId, text };
  const compared = useAsked(
    diff === null || diff.hunks.length === 0 ? null : `${version?.id ?? 'disk'} ${text}`,
    async () =>
      client.call('config.compare', {
        left: version ? { type: 'version', instanceId, versionId: version.id } : { type: 'disk', instanceId },
        right: { type: 'text', ...side },
      }),
    300,
  );
  if (failure !== null) return <p className="calm grow">{failure.message}</p>;
  if (base === null || diff === null) return <p className="calm grow">Reading the version</p>;
  const title = version === null ? 'From the disk to here' : `From ${formatClock(version.atMs, nowMs)} to here`;
  if (diff.hunks.length === 0) {
    const same = version === null ? 'The text is as on the disk.' : 'The text here is this version.';
    return <p className="calm grow">{same}</p>;
  }
  const atCursor = hunkAtLine(diff.hunks, cursorLine);
  const whyNot = readOnly ? 'Reeve may not write this file.' : null;
  const words = compared.answer?.problems[0] ?? compared.answer?.summary ?? '';
  return (
    <div className="col grow">
      <div className="diff-head">
        <span className="q">{title}</span>
        <Counts diff={diff} />
        <span className="ell grow s1" role="status" title={words}>
          {words}
        </span>
        <Button
          size="sm"
          variant="quiet"
          icon={<Undo2 size={12} strokeWidth={1.75} aria-hidden />}
          disabledReason={whyNot ?? (atCursor === null ? 'The line at the cursor is the same in both.' : null)}
          onClick={() => {
            if (atCursor !== null) onPut(withoutHunk(base, text, atCursor));
          }}
        >
          Revert line
        </Button>
        <Button size="sm" variant="quiet" disabledReason={whyNot} onClick={() => onPut(base)}>
          {version === null ? 'Revert all' : 'Restore'}
        </Button>
        <Button
          size="sm"
          variant="quiet"
          icon={<Columns2 size={12} strokeWidth={1.75} aria-hidden />}
          onClick={() => setIsWide(true)}
        >
          Side by side
        </Button>
      </div>
      <div className="scroll grow">
        <DiffRows
          diff={diff}
          onGoTo={onGoTo}
          onRevert={
            readOnly
              ? null
              : (index) => {
                  const hunk = diff.hunks[index];
                  if (hunk !== undefined) onPut(withoutHunk(base, text, hunk));
                }
          }
        />
      </div>
      {isWide ? (
        <SideBySide
          left={{ title: version === null ? 'On the disk' : formatClock(version.atMs, nowMs), text: base }}
          right={{ title: 'Here, in the editor', text }}
          onClose={() => setIsWide(false)}
        />
      ) : null}
    </div>
  );
}

function Counts({ diff: { added, removed } }: { diff: UnifiedDiff }) {
  if (added === 0 && removed === 0) return null;
  return (
    <span className="m q">
      +{added} -{removed}
    </span>
  );
}

function unsavedWords({ added, removed }: UnifiedDiff): string {
  const lines = Math.max(added, removed);
  if (lines === 0) return 'as on the disk';
  return lines === 1 ? '1 line changed' : `${lines} lines changed`;
}
