/** Effective: every option as its server would read it from the text in the editor, and the way each came in. */
import { useState } from 'react';
import type { ConfigEffective, EffectiveOptionRow } from '../../../../electron/contract/desk-model.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { FilterField } from '../../../ui/Field.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { TableHead } from '../../../ui/Table.tsx';
import { originTitle, originWords } from './desk-words.ts';
import type { Asked } from './use-asked.ts';

export interface EffectiveTabProps {
  effective: Asked<ConfigEffective>;
  path: string;
  onGoTo: (line: number) => void;
}

const MOST_ROWS = 400;

export function EffectiveTab({ effective, path, onGoTo }: EffectiveTabProps) {
  const [filter, setFilter] = useState('');
  const { answer, failure } = effective;
  if (failure !== null && answer === null) return <p className="calm">{failure.message}</p>;
  if (answer === null) return <p className="calm">Reading the configuration as its server does</p>;
  const { options, problems, notices, files, ini } = answer;
  const words = filter.trim().toLowerCase();
  const found = options.filter(({ name, key, value }) => `${name} ${key} ${value}`.toLowerCase().includes(words));
  return (
    <div className="col grow">
      <div className="desk-tool">
        <FilterField label="Filter options" value={filter} onChange={setFilter} widthPx={220} />
        <span className="q t11 ell grow" title={files.join('\n')}>
          {options.length} lines from {files.length === 1 ? '1 file' : `${files.length} files`}
        </span>
        <CopyButton size="sm" variant="quiet" text={() => ini}>
          Copy as INI
        </CopyButton>
      </div>
      <div className="scroll grow">
        {problems.map((problem) => (
          <p className="desk-note row g3" key={problem}>
            <HealthGlyph level="crit" silent />
            {problem}
          </p>
        ))}
        {found.length > 0 ? (
          <table className="tb effective">
            <thead>
              <tr>
                <TableHead>Option</TableHead>
                <TableHead>Value</TableHead>
                <TableHead>From</TableHead>
              </tr>
            </thead>
            <tbody>
              {withKeys(found.slice(0, MOST_ROWS)).map(({ id, option }) => (
                <OptionRow key={id} option={option} isHere={option.origin.file === path} onGoTo={onGoTo} />
              ))}
            </tbody>
          </table>
        ) : (
          <p className="calm">
            {options.length === 0 ? 'No option is set.' : `No option matches ${filter}. ${options.length} are hidden.`}
          </p>
        )}
        {found.length > MOST_ROWS ? (
          <p className="desk-note">{found.length - MOST_ROWS} more; filter to see them.</p>
        ) : null}
        {notices.length > 0 ? (
          <pre className="desk-notices" aria-label="What uWSGI says while it reads">
            {notices.join('\n')}
          </pre>
        ) : null}
      </div>
    </div>
  );
}

/** A loop may bring one line in with the same value more than once. */
function withKeys(options: readonly EffectiveOptionRow[]): { id: string; option: EffectiveOptionRow }[] {
  const seen = new Map<string, number>();
  return options.map((option) => {
    const { key, value, origin } = option;
    const id = `${origin.file}:${origin.line} ${key} ${value}`;
    const times = seen.get(id) ?? 0;
    seen.set(id, times + 1);
    return { id: `${id} ${times}`, option };
  });
}

const STATUS_WORDS: Record<EffectiveOptionRow['status'], string | null> = {
  'in effect': null,
  overridden: 'a later line wins',
  placeholder: 'placeholder',
  unknown: 'not an option uWSGI knows',
};

function OptionRow({
  option,
  isHere,
  onGoTo,
}: {
  option: EffectiveOptionRow;
  isHere: boolean;
  onGoTo: (line: number) => void;
}) {
  const { name, key, value, origin, status } = option;
  const words = STATUS_WORDS[status];
  // A line of another file came in through one of this one.
  const step = isHere ? origin : origin.via.at(-1);
  const line = step?.line ?? 0;
  return (
    <tr className={status === 'in effect' ? undefined : 'quiet'}>
      <td className="m" title={key === name ? name : `${name}, written as ${key}`}>
        {key}
      </td>
      <td className="m" title={value}>
        {value}
        {words === null ? null : <span className="q desk-status">{words}</span>}
      </td>
      <td title={originTitle(origin)}>
        {line > 0 ? (
          <button type="button" className="btn-link m" onClick={() => onGoTo(line)}>
            {originWords(origin)}
          </button>
        ) : (
          <span className="m q">{originWords(origin)}</span>
        )}
      </td>
    </tr>
  );
}
