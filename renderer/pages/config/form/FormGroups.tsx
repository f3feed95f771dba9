/** The groups of the form, or what a search has found. Of what is unset only the usual is drawn; more comes in steps. */
import { useState } from 'react';
import { FormRow } from './FormRow.tsx';
import { groupTitleOf, type OptionGroup, optionGroups } from './form-groups.ts';
import { type Form, type FormField, unsetField } from './form-model.ts';
import { findOptions } from './form-search.ts';

export interface FormGroupsProps {
  form: Form;
  /** null, or empty: all groups. */
  query: string | null;
  /** Names that are shown though they are unset. */
  pinned: ReadonlySet<string>;
  current: string | null;
  readOnly: boolean;
  epoch: number;
}

/** Rows that one press on "more" adds. */
const STEP = 40;
const MOST_FOUND = 60;
/** Placeholders, declared options, slips. */
const OWN_TITLE = 'Names of your own';

export function FormGroups(props: FormGroupsProps) {
  const { form, query } = props;
  const [extra, setExtra] = useState<Readonly<Record<string, number>>>({});
  if (query !== null && query.trim() !== '') return <Found {...props} query={query} />;
  const own = [...form.fields.values()].filter(({ option }) => option === null);
  return (
    <>
      {optionGroups.map((group, index) => {
        const more = extra[group.title] ?? 0;
        const { shown, hidden } = fieldsOf(group, more, props);
        return (
          <section key={group.title} aria-label={group.title}>
            <h3 className="sec">
              {group.title}
              {index === 0 ? <span className="r">line</span> : null}
            </h3>
            {shown.map((field) => (
              <Row key={field.name} field={field} {...props} />
            ))}
            {hidden > 0 ? (
              <button
                type="button"
                className="form-more"
                aria-label={`${group.title}: ${hidden} more`}
                onClick={() => setExtra((current) => ({ ...current, [group.title]: more + STEP }))}
              >
                {hidden} more
              </button>
            ) : null}
            {more > 0 ? (
              <button
                type="button"
                className="form-more"
                onClick={() => setExtra((current) => ({ ...current, [group.title]: 0 }))}
              >
                Show less
              </button>
            ) : null}
          </section>
        );
      })}
      {own.length > 0 ? (
        <section aria-label={OWN_TITLE}>
          <h3 className="sec">{OWN_TITLE}</h3>
          {own.slice(0, STEP).map((field) => (
            <Row key={field.name} field={field} {...props} />
          ))}
          {own.length > STEP ? <p className="form-more">{own.length - STEP} more are in the text.</p> : null}
        </section>
      ) : null}
    </>
  );
}

/** In the order of the group, whatever is set, so that a row stays where it is. */
function fieldsOf({ options, usual }: OptionGroup, more: number, { form, pinned }: FormGroupsProps) {
  const shown: FormField[] = [];
  let seldom = 0;
  for (const option of options) {
    const isUsual = usual.has(option.name);
    if (!isUsual) seldom += 1;
    const field = form.fields.get(option.name);
    if (field || isUsual || seldom <= more || pinned.has(option.name)) shown.push(field ?? unsetField(option));
  }
  return { shown, hidden: options.length - shown.length };
}

function Found({ query, ...props }: FormGroupsProps & { query: string }) {
  const { form } = props;
  const found = findOptions(query, MOST_FOUND);
  const own = [...form.fields.values()]
    .filter(({ name, option }) => option === null && name.includes(query.trim()))
    .slice(0, MOST_FOUND);
  const titles = [...new Set(found.map(groupTitleOf))];
  if (found.length + own.length === 0) {
    return <p className="calm">No option has “{query.trim()}” in its name or help.</p>;
  }
  return (
    <>
      {titles.map((title) => (
        <section key={title} aria-label={title}>
          <h3 className="sec">{title}</h3>
          {found
            .filter((option) => groupTitleOf(option) === title)
            .map((option) => (
              <Row key={option.name} field={form.fields.get(option.name) ?? unsetField(option)} {...props} />
            ))}
        </section>
      ))}
      {own.map((field) => (
        <Row key={field.name} field={field} {...props} />
      ))}
      {found.length === MOST_FOUND ? <p className="form-more">Type more of the name to see others.</p> : null}
    </>
  );
}

function Row({ field, current, readOnly, epoch }: { field: FormField } & Omit<FormGroupsProps, 'query'>) {
  return <FormRow field={field} isCurrent={current === field.name} readOnly={readOnly} epoch={epoch} />;
}
