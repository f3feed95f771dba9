/** The control for an option with one value: switch, choice, or a field. */
import { useFormDesk } from './form-desk.ts';
import type { FormField } from './form-model.ts';
import { choicesOf, controlFor, defaultOf, rowId, shownState, unitSign } from './form-words.ts';
import { ValueInput } from './ValueInput.tsx';

export interface ValueControlProps {
  field: FormField;
  readOnly: boolean;
  epoch: number;
  describedBy: string | undefined;
}

export function ValueControl({ field, readOnly, epoch, describedBy }: ValueControlProps) {
  const desk = useFormDesk();
  const { name, option, problems } = field;
  const { value, isSet, isOn } = shownState(field, desk.server);
  const control = controlFor(option, value);
  const id = rowId(name);
  if (control === 'switch') {
    return (
      <span className="form-switch">
        <button
          type="button"
          role="switch"
          id={id}
          className={isSet ? 'sw' : 'sw unset'}
          aria-checked={isOn}
          aria-disabled={readOnly || undefined}
          aria-describedby={describedBy}
          onClick={() => {
            if (!readOnly) desk.act({ type: 'switch', name, isSet: !isOn });
          }}
        />
      </span>
    );
  }
  if (control === 'choice') {
    return (
      <span className="inp sm">
        <select
          id={id}
          className={isSet ? 'm' : 'm q'}
          value={value}
          disabled={readOnly}
          aria-describedby={describedBy}
          onChange={({ target }) =>
            desk.act(target.value === '' ? { type: 'unset', name } : { type: 'set', name, value: target.value })
          }
        >
          <option value="">{isSet ? 'unset' : defaultOf(option, desk.server)}</option>
          {choicesOf(field, value).map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </span>
    );
  }
  const hasError = problems.some(({ severity }) => severity === 'error');
  return (
    <ValueInput
      id={id}
      label={field.label}
      control={control}
      option={name}
      value={value}
      placeholder={isSet ? '' : defaultOf(option, desk.server)}
      unit={unitSign(option)}
      takesFocus={false}
      readOnly={readOnly}
      isInvalid={hasError}
      isWarned={!hasError && problems.some(({ severity }) => severity === 'warning')}
      describedBy={describedBy}
      epoch={epoch}
      onValue={(text, joins) => {
        if (text.trim() !== '' || isSet) desk.act({ type: 'set', name, value: text }, joins);
      }}
      onEmptied={option?.argument === 'optional' ? undefined : (joins) => desk.act({ type: 'unset', name }, joins)}
    />
  );
}
