/** A button that shows only an icon: `label` is its name for screen readers and its tooltip, with the key if there is one. */
import type { ReactNode } from 'react';
import { Button, type ButtonProps } from './Button.tsx';
import { Kbd } from './Kbd.tsx';

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children' | 'hint'> {
  label: string;
  icon: ReactNode;
  shortcut?: string;
}

export function IconButton({ label, icon, shortcut, className, variant = 'quiet', ...rest }: IconButtonProps) {
  const hint = shortcut ? (
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
      hint={hint}
    />
  );
}
