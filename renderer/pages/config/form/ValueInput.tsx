/**
 * A field for one value of the text. While one types, it shows what is typed and every key goes into the text at once;
 * an emptied field whose option needs a value is taken out of the text when one leaves it.
 */
import { type KeyboardEvent, useId, useState } from 'react';
import { useFormDesk } from './form-desk.ts';
import type { ControlType } from './form-words.ts';
import { shownNumber, steppedNumber } from './form-words.ts';

export interface ValueInputProps {
  id: string | undefined;
  label: string;
  control: Exclude<ControlType, 'switch' | 'choice'>;
  /** Option whose paths are offered. */
  option: string;
  value: string;
  /** Shown quietly while there is no value. */
  placeholder: string;
  unit: string;
  takesFocus: boolean;
  readOnly: boolean;
  isInvalid: boolean;
  isWarned: boolean;
  describedBy: string | undefined;
  /** Changes when the text was changed by undo: what was typed is out of date then. */
  epoch: number;
  onValue: (value: string, joins: boolean) => void;
  /** Left empty; absent: empty is a value. */
  onEmptied?: ((joins: boolean) => void) | undefined;
  onLeave?: (() => void) | undefined;
}

export function ValueInput(props: ValueInputProps) {
  const { control, value, epoch, readOnly, onValue, onEmptied } = props;
  const [typed, setTyped] = useState<{ text: string; epoch: number } | null>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const draft = typed?.epoch === epoch ? typed.text : null;
  const { listId, paths, askPaths } = usePaths(props);
  const isNumber = control === 'number' || control === 'mode';
  const resting = control === 'number' && !hasFocus ? shownNumber(value) : value;

  function change(text: string): void {
    setTyped({ text, epoch });
    onValue(text, draft !== null);
    askPaths(text);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (control !== 'number' || readOnly || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    const stepped = steppedNumber(draft ?? value, event.key === 'ArrowUp' ? 1 : -1);
    if (stepped === null) return;
    event.preventDefault();
    change(stepped);
  }

  return (
    <span className={`inp sm${props.isWarned ? ' warned' : ''}`}>
      <input
        id={props.id}
        type="text"
        className={isNumber ? 'm form-number' : 'm'}
        inputMode={isNumber ? 'numeric' : undefined}
        autoComplete="off"
        spellCheck={false}
        aria-label={props.label}
        autoFocus={props.takesFocus}
        aria-invalid={props.isInvalid || undefined}
        aria-describedby={props.describedBy}
        list={listId}
        readOnly={readOnly}
        title={value.length > 16 ? value : undefined}
        placeholder={isNumber ? shownNumber(props.placeholder) : props.placeholder}
        value={draft ?? resting}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (draft === null) showWritten(event.currentTarget, value);
          setHasFocus(true);
          askPaths(value);
        }}
        onBlur={() => {
          setHasFocus(false);
          setTyped(null);
          if (draft !== null && draft.trim() === '') onEmptied?.(true);
          props.onLeave?.();
        }}
      />
      {isNumber ? <span className="q t11 form-unit">{props.unit}</span> : null}
      {listId === undefined ? null : (
        <datalist id={listId}>
          {paths.map((path) => (
            <option key={path} value={path} />
          ))}
        </datalist>
      )}
    </span>
  );
}

/**
 * A number that has the focus stands as it is written, without separators. At once, and what Tab has selected stays
 * selected: what is typed next replaces it.
 */
function showWritten(input: HTMLInputElement, value: string): void {
  if (input.value === value) return;
  const isAll = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  input.value = value;
  if (isAll) input.select();
}

function usePaths({ control, option }: Pick<ValueInputProps, 'control' | 'option'>) {
  const desk = useFormDesk();
  const id = useId();
  const [paths, setPaths] = useState<readonly string[]>([]);
  function askPaths(typed: string): void {
    if (control !== 'path') return;
    // Without an answer nothing is offered; one can type any path.
    desk.pathsFor(option, typed).then(setPaths, () => setPaths([]));
  }
  return { listId: control === 'path' ? id : undefined, paths, askPaths };
}
