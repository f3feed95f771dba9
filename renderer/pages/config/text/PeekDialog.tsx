/** Another file that the configuration reads, to look at. It is changed where it belongs: it may be part of others. */
import { useEffect, useRef } from 'react';
import type { ConfigPeek } from '../../../../electron/contract/editor-model.ts';
import { parseIni } from '../../../../engine/config/ini-document.ts';
import { createPeekView } from '../../../editor/compare-view.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

export function PeekDialog({ peek, onClose }: { peek: ConfigPeek | null; onClose: () => void }) {
  return (
    <Dialog
      title={peek ? `${peek.path}${peek.section === null ? '' : `, section [${peek.section}]`}` : ''}
      opened={peek !== null}
      onClose={onClose}
      widthPx={1000}
      note={
        <>
          Read by this configuration. Shown only; a file may be part of several configurations.{' '}
          {peek ? <CopyButton size="sm" variant="quiet" label="Copy the path" text={() => peek.path} /> : null}
        </>
      }
      actions={<Button onClick={onClose}>Close</Button>}
    >
      {peek ? <PeekText peek={peek} /> : null}
    </Dialog>
  );
}

function PeekText({ peek }: { peek: ConfigPeek }) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current) return undefined;
    const { text, path, section } = peek;
    const head = parseIni(text).lines.find((line) => line.type === 'section' && line.name === section);
    const view = createPeekView({ parent: parent.current, text, line: head?.number ?? 1, label: path });
    view.focus();
    return () => view.destroy();
  }, [peek]);
  return <div className="peek" ref={parent} />;
}
