/** Changes of a configuration as a table: option, both values, where they stand, and what a change needs. */
import type { ConfigChange, ConfigOrigin } from '../../../../electron/contract/desk-model.ts';
import { TableHead } from '../../../ui/Table.tsx';
import { NEEDS_WORDS, originTitle, originWords, valueWords } from './desk-words.ts';

export interface ChangesTableProps {
  changes: readonly ConfigChange[];
  /** From what runs to the disk, or from this file to another one. */
  kind: 'drift' | 'comparison';
  /** The file in the editor: its lines can be gone to. */
  path: string;
  onGoTo: (line: number) => void;
}

type PlaceProps = Pick<ChangesTableProps, 'path' | 'onGoTo'>;

const HEADS = {
  drift: ['Runs', 'On the disk', 'Where', 'Needs'],
  comparison: ['Here', 'There', 'Where here', 'Where there'],
} as const;

export function ChangesTable({ changes, kind, path, onGoTo }: ChangesTableProps) {
  const isDrift = kind === 'drift';
  return (
    <table className="tb changes">
      <thead>
        <tr>
          <TableHead>Option</TableHead>
          {HEADS[kind].map((head) => (
            <TableHead key={head}>{head}</TableHead>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map(({ name, type, before, after, needs }) => (
          <tr key={`${name} ${type}`}>
            <td className="m" title={name}>
              {name}
              {type === 'reordered' ? <span className="q desk-status">order</span> : null}
            </td>
            <Values values={before} />
            <Values values={after} />
            <Where origin={isDrift ? (after[0] ?? before[0])?.origin : before[0]?.origin} path={path} onGoTo={onGoTo} />
            {isDrift ? <td>{NEEDS_WORDS[needs]}</td> : <Where origin={after[0]?.origin} path={path} onGoTo={onGoTo} />}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Values({ values }: { values: ConfigChange['before'] }) {
  const words = valueWords(values);
  return (
    <td className="m" title={values.map(({ value }) => value).join('\n')}>
      {words ?? <span className="q">not set</span>}
    </td>
  );
}

function Where({ origin, path, onGoTo }: PlaceProps & { origin: ConfigOrigin | undefined }) {
  if (origin === undefined) return <td className="q">–</td>;
  const words = originWords(origin);
  return (
    <td title={originTitle(origin)}>
      {origin.file === path && origin.line > 0 ? (
        <button type="button" className="btn-link m ell" onClick={() => onGoTo(origin.line)}>
          {words}
        </button>
      ) : (
        <span className="m q">{words}</span>
      )}
    </td>
  );
}
