/** A text of the table in which other options, in 'quotes', lead to their pages. */
import { findOption } from '../../../../engine/config/option-table.ts';
import { OptionLink } from './OptionLink.tsx';

export function Prose({ text, className }: { text: string; className?: string }) {
  return (
    <p className={className}>
      {[...text.matchAll(/([^']*)(?:'([\w-]+)'|('))?/g)].map(({ 0: whole, 1: words = '', 2: name, index }) => {
        if (name === undefined || findOption(name) === null) return whole;
        return (
          <span key={index}>
            {words}
            <OptionLink name={name} />
          </span>
        );
      })}
    </p>
  );
}
