/** One option of the form: its name as the file writes it, the control for its kind, the line, and what is to be said about it. */
import { BookOpen, MessageSquareOff, Plus, X } from 'lucide-react';
import { memo, useState } from 'react';
import { LiveNote } from '../live/LiveNote.tsx';
import { reference } from '../reference/reference-store.ts';
import { FieldNotes } from './FieldNotes.tsx';
import { useFormDesk } from './form-desk.ts';
import type { FormField } from './form-model.ts';
import { controlFor, helpTitle, isNarrow, lackWords, notesId, rowId, shownState } from './form-words.ts';
import { LineButton } from './LineButton.tsx';
import { RowButton } from './RowButton.tsx';
import { ValueControl } from './ValueControl.tsx';
import { ValueList } from './ValueList.tsx';

export interface FormRowProps {
  field: FormField;
  /** The cursor of the text is on one of its lines, or the focus is in the row. */
  isCurrent: boolean;
  readOnly: boolean;
  epoch: number;
}

export const FormRow = memo(function FormRow({ field, isCurrent, readOnly, epoch }: FormRowProps) {
  const desk = useFormDesk();
  // Number of the value that is being added; it is an empty row for as long as the text does not have it.
  const [addingAt, setAddingAt] = useState<number | null>(null);
  const count = field.lines.length;
  const isAdding = addingAt === count;
  const isList = field.option?.repeatable === true && count + (isAdding ? 1 : 0) > 1;
  return (
    // F1 is that of the row's buttons and fields.
    <div
      className={isCurrent ? 'form-field on' : 'form-field'}
      data-field={field.name}
      role="presentation"
      onKeyDown={(event) => {
        if (event.key !== 'F1' || field.option === null) return;
        event.preventDefault();
        reference.open({ type: 'option', name: field.option.name });
      }}
    >
      {isList ? (
        <ValueList
          field={field}
          readOnly={readOnly}
          epoch={epoch}
          isAdding={isAdding}
          onAdding={(isNow) => desk.afterPress(() => setAddingAt(isNow ? count : null))}
        />
      ) : (
        <SingleRow field={field} readOnly={readOnly} epoch={epoch} onAdd={() => setAddingAt(count)} />
      )}
      <FieldNotes field={field} />
      {isCurrent ? (
        <LiveNote
          option={field.name}
          value={shownState(field, desk.server).value}
          onUse={readOnly ? null : (value) => desk.act({ type: 'set', name: field.name, value })}
        />
      ) : null}
    </div>
  );
});

interface SingleRowProps {
  field: FormField;
  readOnly: boolean;
  epoch: number;
  onAdd: () => void;
}

function SingleRow({ field, readOnly, epoch, onAdd }: SingleRowProps) {
  const desk = useFormDesk();
  const { value, isSet, isLocked } = shownState(field, desk.server);
  const hasNotes = field.isChanged || field.problems.length > 0 || isLocked;
  return (
    <div className={isNarrow(controlFor(field.option, value)) ? 'form-row' : 'form-row wide'}>
      <span className="form-name">
        <label
          className={isSet ? 'm ell' : 'm ell q'}
          htmlFor={rowId(field.name)}
          title={helpTitle(field, desk.target)}
        >
          {field.label}
        </label>
        {field.isChanged ? <i className="form-dot" title="Changed, not saved" /> : null}
      </span>
      <ValueControl
        field={field}
        readOnly={readOnly || isLocked}
        epoch={epoch}
        describedBy={hasNotes ? notesId(field.name) : undefined}
      />
      <RowActions field={field} readOnly={readOnly} onAdd={onAdd} />
      <LineCell field={field} />
    </div>
  );
}

function LineCell({ field: { lines, conditional, commentedLine, outside, label, option } }: { field: FormField }) {
  const { target } = useFormDesk();
  const line = (lines.at(-1) ?? conditional.at(-1))?.number;
  if (line !== undefined) return <LineButton line={line} label={label} />;
  if (outside === null && commentedLine !== null) return <LineButton line={commentedLine} label={label} isComment />;
  if (outside !== null) return <span className="q t11 form-line">file</span>;
  const lack = lackWords(option, target);
  return (
    <span className="q t11 form-line" title={lack ?? undefined}>
      {lack === null ? 'unset' : 'n/a'}
    </span>
  );
}

/** Seen over the end of the name while the pointer or the focus is in the row; the Tab key comes to it after the control. */
function RowActions({ field, readOnly, onAdd }: { field: FormField; readOnly: boolean; onAdd: () => void }) {
  const { option, label, lines, commentedLine } = field;
  const isSet = lines.length > 0;
  return (
    <span className="form-actions">
      {option === null ? null : (
        <RowButton
          label={`All about ${label}`}
          hint={`All about ${label}, F1`}
          icon={<BookOpen size={12} strokeWidth={1.75} aria-hidden />}
          onClick={() => reference.open({ type: 'option', name: option.name })}
        />
      )}
      {isSet && !readOnly ? <SetActions field={field} onAdd={onAdd} /> : null}
      {!isSet && !readOnly && commentedLine !== null ? <CommentAction field={field} /> : null}
    </span>
  );
}

function CommentAction({ field: { name, label } }: { field: FormField }) {
  const desk = useFormDesk();
  return (
    <RowButton
      label={`Take ${label} out of its comment`}
      icon={<MessageSquareOff size={12} strokeWidth={1.75} aria-hidden />}
      onClick={() => desk.act({ type: 'comment-in', name })}
    />
  );
}

function SetActions({ field: { name, label, option }, onAdd }: { field: FormField; onAdd: () => void }) {
  const desk = useFormDesk();
  return (
    <>
      {option?.repeatable ? (
        <RowButton
          label={`Add one more ${label}`}
          icon={<Plus size={12} strokeWidth={1.75} aria-hidden />}
          onClick={onAdd}
        />
      ) : null}
      <RowButton
        label={`Unset ${label}`}
        hint="Unset: removes the line; with Shift it becomes a comment"
        icon={<X size={12} strokeWidth={1.75} aria-hidden />}
        onClick={(event) => desk.act({ type: event.shiftKey ? 'comment-out' : 'unset', name })}
      />
    </>
  );
}
