/** On or off, at once (no Save). The label is part of the target. */
import { type ReactNode, useId } from 'react';

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
}

export function Switch({ checked, onChange, label }: SwitchProps) {
  const id = useId();
  return (
    <span className="switch-row">
      <button
        type="button"
        role="switch"
        className="sw"
        id={id}
        aria-checked={checked}
        onClick={() => onChange(!checked)}
      />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
