/** The beginning of the reference and its sections. */
import { optionTable } from '../../../../engine/config/option-table.ts';
import { OptionRows } from './OptionRows.tsx';
import { optionSections } from './reference-search.ts';
import { reference } from './reference-store.ts';
import { countWords } from './reference-words.ts';

export function IndexPage() {
  return (
    <>
      <div className="ref-title">
        <h2 className="title">Options</h2>
      </div>
      <p className="ref-text s2">
        All {optionTable.length.toLocaleString('en-US')} options of uWSGI 2.0 and of the bundled engine. Type to search
        their names, what they do and what goes wrong with them; F1 on a line of the editor opens the page of its
        option.
      </p>
      {optionSections().map(({ title, options }) => (
        <button
          type="button"
          key={title}
          className="ref-row ref-section focus-inset"
          onClick={() => reference.go({ type: 'section', title })}
        >
          <span>{title}</span>
          <span className="q num">{options.length}</span>
        </button>
      ))}
    </>
  );
}

export function SectionPage({ title }: { title: string }) {
  const options = optionSections().find((section) => section.title === title)?.options ?? [];
  return (
    <>
      <div className="ref-title">
        <h2 className="title">{title}</h2>
        <span className="q t11">{countWords(options.length, 'option')}</span>
      </div>
      <OptionRows options={options} chosen={null} />
    </>
  );
}
