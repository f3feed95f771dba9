/** The head of the form while nothing is set: what one can begin with. */
import { LayoutTemplate } from 'lucide-react';
import { Button } from '../../../ui/Button.tsx';

export function EmptyForm({ onPresets }: { onPresets: () => void }) {
  return (
    <div className="form-empty">
      <p className="md">No options yet</p>
      <p className="s2">Begin with a preset for how the application runs, or fill in a field; it becomes a line.</p>
      <Button size="sm" icon={<LayoutTemplate size={12} strokeWidth={1.75} aria-hidden />} onClick={onPresets}>
        Presets…
      </Button>
    </div>
  );
}
