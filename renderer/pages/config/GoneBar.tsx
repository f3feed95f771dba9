/** Says that the file of the editor is not on the disk any more, and offers to make it anew: never without being asked. */
import { FilePlus } from 'lucide-react';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';

export function GoneBar({ path, onMakeAnew }: { path: string; onMakeAnew: () => void }) {
  return (
    <div className="att plain" role="alert">
      <HealthGlyph level="warn" silent />
      <span className="grow">{path} is not on the disk any more. Nothing was written; the text is still here.</span>
      <Button size="sm" icon={<FilePlus size={12} strokeWidth={1.75} aria-hidden />} onClick={onMakeAnew}>
        Make the file anew
      </Button>
    </div>
  );
}
