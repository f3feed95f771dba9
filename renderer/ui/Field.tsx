/** Text field with its label, a hint and an error below. `FilterField` is the one of toolbars: icon, `/` to reach it, Esc clears. */
import { ListFilter } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';

export interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  mono?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Field({ label, hint, error, mono, className, ...rest }: FieldProps) {
  const id = useId();
  const hasError = error !== undefined && error !== null && error !== '';
  return (
    <div className={`field${className ? ` ${className}` : ''}`}>
      <label htmlFor={id}>{label}</label>
      <span className="inp">
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          id={id}
          className={mono ? 'm' : undefined}
          aria-invalid={hasError || undefined}
          aria-describedby={hasError || hint ? `${id}-d` : undefined}
        />
      </span>
      {hasError || hint ? (
        <div id={`${id}-d`} className={hasError ? 'err' : 'hint'} role={hasError ? 'alert' : undefined}>
          {hasError ? error : hint}
        </div>
      ) : null}
    </div>
  );
}

export interface FilterFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  widthPx?: number;
  /** An example; without one the label stands there. */
  placeholder?: string;
  /** What of it is not understood; it is told beside the field. */
  problem?: string | null;
}

export function FilterField({ label, value, onChange, widthPx = 240, placeholder, problem }: FilterFieldProps) {
  return (
    <span className="inp sm" style={{ width: widthPx }}>
      <ListFilter size={12} strokeWidth={1.75} aria-hidden />
      <input
        type="text"
        data-filter-field
        aria-label={label}
        placeholder={placeholder ?? label}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem ? true : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (value === '') event.currentTarget.blur();
          else onChange('');
        }}
      />
      {value === '' ? <kbd>/</kbd> : null}
    </span>
  );
}
