/** A button that shows only an icon: `label` is its name for screen readers and its tooltip, with the key if there is one. */
import type { ReactNode } from 'react';
import { Button, type ButtonProps } from './Button.tsx';
import { Kbd } from './Kbd.tsx';

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  label: string;
  icon: ReactNode;
  shortcut?: string;
  /** null: no tooltip, where the icon says it all and the focus lands by itself. */
  hint?: ReactNode;
}

export function IconButton({ label, icon, shortcut, className, variant = 'quiet', hint, ...rest }: IconButtonProps) {
  const usualHint = shortcut ? (
    <span className="row g3">
      {label} <Kbd keys={shortcut} />
    </span>
  ) : (
    label
  );
  return (
    <Button
      {...rest}
      variant={variant}
      aria-label={label}
      className={`ic${className ? ` ${className}` : ''}`}
      icon={icon}
      hint={hint === undefined ? usualHint : hint}
    />
  );
}
