/**
 * The one button. `primary` at most once a page; `quiet` for what is rarely needed; `danger` is text in the colour of trouble.
 * A disabled button stays focusable and says why: pass `disabledReason`, never the `disabled` attribute.
 */
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tip } from './Tip.tsx';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  variant?: 'plain' | 'primary' | 'quiet' | 'danger';
  size?: 'md' | 'sm';
  icon?: ReactNode;
  /** Why it can't be pressed now; null or undefined: it can. */
  disabledReason?: string | null | undefined;
  /** Shown on hover and focus when it is not disabled. */
  hint?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

const VARIANT_CLASS = { plain: '', primary: ' p', quiet: ' g', danger: ' d' } as const;

export function Button(props: ButtonProps) {
  const { variant = 'plain', size = 'md', icon, disabledReason, hint, className, onClick, children, ...rest } = props;
  const isDisabled = disabledReason !== undefined && disabledReason !== null;
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={isDisabled || undefined}
      className={`btn${VARIANT_CLASS[variant]}${size === 'sm' ? ' sm' : ''}${className ? ` ${className}` : ''}`}
      onClick={isDisabled ? (event) => event.preventDefault() : onClick}
    >
      {icon}
      {children}
    </button>
  );
  const tip = isDisabled ? disabledReason : hint;
  return tip ? <Tip label={tip}>{button}</Tip> : button;
}
