/** The drawer below the editor: what Save would change, as one text with the removed lines in it. */
import { ChevronDown, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { createDiffView } from '../../editor/compare-view.ts';
import { countLines, diffLines, splitLines } from '../../editor/line-diff.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';

export interface DiffDrawerProps {
  saved: string;
  text: string;
  onRevert: () => void;
  onClose: () => void;
}

export function DiffDrawer({ saved, text, onRevert, onClose }: DiffDrawerProps) {
  const parent = useRef<HTMLDivElement>(null);
  const { added, removed } = useMemo(() => countLines(diffLines(splitLines(saved), splitLines(text))), [saved, text]);
  const isSame = added === 0 && removed === 0;
  useEffect(() => {
    if (!parent.current || isSame) return undefined;
    const view = createDiffView({ parent: parent.current, original: saved, text });
    return () => view.destroy();
  }, [saved, text, isSame]);
  return (
    <section className="drawer" aria-label="Unsaved changes">
      <div className="drawer-head">
        <h2 className="md">Unsaved changes</h2>
        {isSame ? null : (
          <span className="m q">
            +{added} -{removed}
          </span>
        )}
        <span className="grow" />
        {isSame ? null : (
          <Button
            size="sm"
            variant="quiet"
            icon={<Undo2 size={12} strokeWidth={1.75} aria-hidden />}
            onClick={onRevert}
          >
            Revert all
          </Button>
        )}
        <IconButton
          size="sm"
          label="Close"
          shortcut="Mod+Shift+D"
          icon={<ChevronDown size={14} strokeWidth={1.75} aria-hidden />}
          onClick={onClose}
        />
      </div>
      {isSame ? <p className="calm">The text is as on the disk.</p> : <div className="drawer-body" ref={parent} />}
    </section>
  );
}
