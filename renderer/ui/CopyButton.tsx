/** Copies a text and says so in its own place for a moment; where the browser refuses, it says that instead. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, type ButtonProps } from './Button.tsx';

export interface CopyButtonProps extends Omit<ButtonProps, 'onClick' | 'icon'> {
  /** Made when it is pressed. */
  text: () => string;
  /** Name of an icon-only button. */
  label?: string;
}

const SHOWN_MS = 1500;

export function CopyButton({ text, label, children, className, ...rest }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'refused'>('none');

  useEffect(() => {
    if (outcome === 'none') return undefined;
    const timer = setTimeout(() => setOutcome('none'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
    } catch {
      // No permission, or a page that is not on a secure address.
      setOutcome('refused');
    }
  }

  const Icon = outcome === 'copied' ? Check : Copy;
  const word = outcome === 'copied' ? 'Copied' : 'The browser does not allow copying here';
  return (
    <Button
      {...rest}
      className={children ? className : `ic${className ? ` ${className}` : ''}`}
      aria-label={children ? undefined : label}
      hint={outcome === 'none' ? label : word}
      icon={<Icon size={rest.size === 'sm' ? 12 : 14} strokeWidth={1.75} aria-hidden />}
      onClick={() => void copy()}
    >
      {children && outcome !== 'none' ? word : children}
      <span className="sr-only" role="status">
        {outcome === 'none' ? '' : word}
      </span>
    </Button>
  );
}
