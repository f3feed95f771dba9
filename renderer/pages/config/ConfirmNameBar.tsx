/** A save that would reload a read-only server waits here for its name. Nothing was written yet. */
import { Save } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';

export interface ConfirmNameBarProps {
  name: string;
  /** Why the text can't be saved now; null: it can. */
  blockedBy: string | null;
  /** null: it is not to be saved. */
  onConfirm: (typedName: string | null) => void;
}

export function ConfirmNameBar({ name, blockedBy, onConfirm }: ConfirmNameBarProps) {
  const [typed, setTyped] = useState('');
  const whyNot = blockedBy ?? (typed.trim() === name ? null : `Type ${name} first`);
  return (
    <form
      className="att plain confirm-name"
      onSubmit={(event) => {
        event.preventDefault();
        if (whyNot === null) onConfirm(typed);
      }}
    >
      <HealthGlyph level="warn" />
      <Field
        className="grow"
        label={`Not saved yet: saving reloads ${name}, which is read-only by its tags. Type its name.`}
        mono
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button size="sm" onClick={() => onConfirm(null)}>
        Cancel
      </Button>
      <Button
        size="sm"
        type="submit"
        variant="primary"
        disabledReason={whyNot}
        icon={<Save size={12} strokeWidth={1.75} aria-hidden />}
      >
        Save and reload
      </Button>
    </form>
  );
}
