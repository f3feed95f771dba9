/** Two texts side by side in a wide dialog; nothing is changed in it. */
import { useEffect, useRef } from 'react';
import { createCompareView } from '../../../editor/compare-view.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

export interface SideBySideProps {
  left: { title: string; text: string };
  right: { title: string; text: string };
  onClose: () => void;
}

export function SideBySide({ left, right, onClose }: SideBySideProps) {
  return (
    <Dialog
      title="Side by side"
      opened
      onClose={onClose}
      widthPx={1000}
      actions={
        <Button data-autofocus onClick={onClose}>
          Close
        </Button>
      }
    >
      <div className="compare">
        <div className="compare-heads">
          <span>{left.title}</span>
          <span>{right.title}</span>
        </div>
        <Texts left={left.text} right={right.text} />
      </div>
    </Dialog>
  );
}

function Texts({ left, right }: { left: string; right: string }) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current) return undefined;
    const view = createCompareView({ parent: parent.current, left, right });
    return () => view.destroy();
  }, [left, right]);
  return <div className="compare-body" ref={parent} />;
}
