/** A button with more ways to do the same behind an arrow. Items that can't run stay visible with the reason. */
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, type ButtonProps } from './Button.tsx';
import { MenuButton, type MenuEntry } from './MenuButton.tsx';

export interface SplitButtonProps extends ButtonProps {
  menuLabel: string;
  entries: readonly MenuEntry[];
  children: ReactNode;
}

export function SplitButton({ menuLabel, entries, variant = 'plain', ...rest }: SplitButtonProps) {
  return (
    <span className="split">
      <Button {...rest} variant={variant} />
      <MenuButton entries={entries}>
        <Button
          variant={rest.disabledReason ? 'plain' : variant}
          aria-label={menuLabel}
          icon={<ChevronDown size={13} strokeWidth={1.75} aria-hidden />}
        />
      </MenuButton>
    </span>
  );
}
