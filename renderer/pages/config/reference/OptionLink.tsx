/** The name of an option that leads to its page. */
import { findOption } from '../../../../engine/config/option-table.ts';
import { reference } from './reference-store.ts';

export function OptionLink({ name }: { name: string }) {
  const option = findOption(name);
  return (
    <button
      type="button"
      className="btn-link m"
      title={option?.help}
      onClick={() => reference.go({ type: 'option', name: option?.name ?? name })}
    >
      {name}
    </button>
  );
}
