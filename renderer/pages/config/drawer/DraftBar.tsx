/** A text of an earlier session that was not saved: offered, never put into the editor unasked. */
import { useState } from 'react';
import { useStore } from 'zustand';
import { countLines, diffLines, splitLines } from '../../../editor/line-diff.ts';
import { formatClock } from '../../../format/time.ts';
import { useNow } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import type { ConfigSession } from '../config-session.ts';
import type { DraftKeeper } from './draft-keeper.ts';
import { SideBySide } from './SideBySide.tsx';

export function DraftBar({ drafts, session }: { drafts: DraftKeeper; session: ConfigSession }) {
  const { offered } = useStore(drafts);
  const nowMs = useNow();
  const [isWide, setIsWide] = useState(false);
  if (offered === null || offered.text === session.text) return null;
  const { added, removed } = countLines(diffLines(splitLines(session.file.text), splitLines(offered.text)));
  const lines = Math.max(added, removed);
  const isOld = offered.baseSha256 !== session.file.version.sha256;
  return (
    <div className="att plain" role="status">
      <HealthGlyph level="warn" silent />
      <span className="grow">
        A text of {formatClock(offered.atMs, nowMs)} with {lines === 1 ? '1 changed line' : `${lines} changed lines`}{' '}
        was not saved.
        {isOld ? ' The file changed on the disk since: compare before you save.' : ''}
      </span>
      <Button size="sm" variant="quiet" onClick={() => setIsWide(true)}>
        Show
      </Button>
      <Button size="sm" variant="quiet" onClick={() => drafts.drop()}>
        Drop
      </Button>
      <Button size="sm" onClick={() => drafts.restore()}>
        Restore the text
      </Button>
      {isWide ? (
        <SideBySide
          left={{ title: 'In the editor', text: session.text }}
          right={{ title: 'Not saved', text: offered.text }}
          onClose={() => setIsWide(false)}
        />
      ) : null}
    </div>
  );
}
