/** An option with several values: one row for each, in the order of the file, to change, move, remove and add. */
import { ArrowUp, Plus, X } from 'lucide-react';
import { useFormDesk } from './form-desk.ts';
import type { FormField } from './form-model.ts';
import { controlFor, helpTitle, rowId } from './form-words.ts';
import { LineButton } from './LineButton.tsx';
import { RowButton } from './RowButton.tsx';
import { ValueInput } from './ValueInput.tsx';

export interface ValueListProps {
  field: FormField;
  readOnly: boolean;
  epoch: number;
  /** An empty row waits for one more value; nothing is written before one types. */
  isAdding: boolean;
  onAdding: (isAdding: boolean) => void;
}

/** A form of thousands of rows helps nobody; the text has them all. */
const MOST_ROWS = 40;

export function ValueList({ field, readOnly, epoch, isAdding, onAdding }: ValueListProps) {
  const desk = useFormDesk();
  const { name, label, lines } = field;
  const first = lines.slice(0, MOST_ROWS);
  const rows = isAdding ? [...first, null] : first;
  return (
    <fieldset className="form-list" aria-label={label}>
      <div className="form-row">
        <span className="form-name">
          <span className="m ell" title={helpTitle(field, desk.target)}>
            {label}
          </span>
          {field.isChanged ? <i className="form-dot" title="Changed, not saved" /> : null}
        </span>
        <span className="form-switch">
          {readOnly ? null : (
            <RowButton
              label={`Add one more ${label}`}
              icon={<Plus size={12} strokeWidth={1.75} aria-hidden />}
              onClick={() => onAdding(true)}
            />
          )}
        </span>
        <span />
      </div>
      {rows.map((line, row) => {
        const index = line === null ? lines.length : row;
        const control = controlFor(field.option, line?.value ?? '');
        const problems = field.problems.filter((problem) => problem.line === line?.number);
        return (
          // Values have no identity but their place: a changed one is the same row.
          // oxlint-disable-next-line react/no-array-index-key
          <div className="form-value" key={row}>
            <ValueInput
              id={index === 0 ? rowId(name) : undefined}
              label={`${label}, value ${index + 1}`}
              control={control === 'switch' || control === 'choice' ? 'text' : control}
              option={name}
              value={line?.value ?? ''}
              placeholder=""
              unit=""
              takesFocus={line === null}
              readOnly={readOnly}
              isInvalid={problems.some(({ severity }) => severity === 'error')}
              isWarned={problems.some(({ severity }) => severity === 'warning')}
              describedBy={undefined}
              epoch={epoch}
              onValue={(value, joins) => desk.act({ type: 'set-at', name, index, value }, joins)}
              onEmptied={(joins) => desk.act({ type: 'remove-at', name, index }, joins)}
              onLeave={row === rows.length - 1 ? () => onAdding(false) : undefined}
            />
            {readOnly || line === null ? (
              <span />
            ) : (
              <span className="row form-value-actions">
                {index === 0 ? null : (
                  <RowButton
                    label={`Move ${label} ${index + 1} up`}
                    icon={<ArrowUp size={12} strokeWidth={1.75} aria-hidden />}
                    onClick={() => desk.act({ type: 'move-up', name, index })}
                  />
                )}
                <RowButton
                  label={`Remove ${label} ${index + 1}`}
                  icon={<X size={12} strokeWidth={1.75} aria-hidden />}
                  onClick={() => desk.act({ type: 'remove-at', name, index })}
                />
              </span>
            )}
            {line === null ? (
              <span className="q t11 form-line">new</span>
            ) : (
              <LineButton line={line.number} label={label} />
            )}
          </div>
        );
      })}
      {lines.length > MOST_ROWS ? (
        <p className="form-more">{lines.length - MOST_ROWS} more values are in the text.</p>
      ) : null}
    </fieldset>
  );
}
