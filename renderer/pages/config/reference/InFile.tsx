/** Where an option is set in the file of the instance that is open, with the way there, or the way to add it. */
import { Plus } from 'lucide-react';
import type { EffectiveOptionRow } from '../../../../electron/contract/desk-model.ts';
import type { OptionInfo } from '../../../../engine/config/option-table.ts';
import { instanceRoute } from '../../../stores/router.ts';
import { useStores } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { type ConfigRequest, configRequests } from '../config-requests.ts';
import { originTitle, originWords } from '../drawer/desk-words.ts';
import { fileName, LEVELS } from './reference-words.ts';
import type { InstanceFile } from './use-instance-file.ts';

/** A generated file may have hundreds of `env` or `route`. */
const MOST_LINES = 20;

export function InFile({ option, file }: { option: OptionInfo; file: InstanceFile }) {
  const { router } = useStores();
  const { effective, path, failure, whyFixed, instanceId, instanceName } = file;
  const lines = effective?.options.filter(({ name }) => name === option.name) ?? [];
  const isSet = lines.length > 0;
  const problems = file.diagnostics.filter(
    ({ line }) => line > 0 && lines.some(({ origin }) => origin.file === path && origin.line === line),
  );

  function ask(request: ConfigRequest): void {
    configRequests.ask(instanceId, request);
    router.go(instanceRoute(instanceId, 'config'));
  }

  return (
    <section aria-label={`In the file of ${instanceName}`}>
      <h3 className="sec">
        In {path === null ? `the file of ${instanceName}` : <span className="m">{fileName(path)}</span>}
      </h3>
      {failure === null ? null : <p className="ref-text q">{failure}</p>}
      {effective !== null && !isSet ? <p className="ref-text q">Not set.</p> : null}
      {lines.length > MOST_LINES ? (
        <p className="ref-text q">
          {lines.length.toLocaleString('en-US')} lines; these are the last ones. Effective in the drawer of the Config
          tab has all.
        </p>
      ) : null}
      {withKeys(lines.slice(-MOST_LINES)).map(({ id, row }) => (
        <SetLine key={id} row={row} path={path} onGoTo={(line) => ask({ type: 'go-to', line, column: 0 })} />
      ))}
      {problems.map((problem) => (
        <p className="ref-line" key={`${problem.line} ${problem.code} ${problem.message}`}>
          <HealthGlyph level={LEVELS[problem.severity]} silent />
          <span className="grow">{problem.message}</span>
          {problem.fix !== null && whyFixed === null ? (
            <button
              type="button"
              className="btn-link"
              onClick={() => ask({ type: 'fix', line: problem.line, column: problem.from })}
            >
              {problem.fix.title}
            </button>
          ) : null}
        </p>
      ))}
      {effective !== null && (!isSet || option.repeatable) && option.kind !== 'logic' ? (
        <div className="ref-actions">
          <Button
            size="sm"
            disabledReason={whyFixed}
            icon={<Plus size={12} strokeWidth={1.75} aria-hidden />}
            onClick={() => ask({ type: 'add', name: option.name })}
          >
            {isSet ? 'Add one more' : 'Add to file'}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

const STATUS_WORDS: Record<EffectiveOptionRow['status'], string | null> = {
  'in effect': null,
  overridden: 'a later line wins',
  placeholder: 'placeholder',
  unknown: null,
};

interface SetLineProps {
  row: EffectiveOptionRow;
  path: string | null;
  onGoTo: (line: number) => void;
}

function SetLine({ row: { key, value, origin, status }, path, onGoTo }: SetLineProps) {
  const words = STATUS_WORDS[status];
  // A line of another file came in through one of this one.
  const line = (origin.file === path ? origin : origin.via.at(-1))?.line ?? 0;
  return (
    <p className={status === 'in effect' ? 'ref-line' : 'ref-line q'}>
      <span className="m grow ref-value" title={originTitle(origin)}>
        {key} = {value}
        {words === null ? null : <span className="q ref-status">{words}</span>}
        {origin.file === path ? null : <span className="q ref-status">{originWords(origin)}</span>}
      </span>
      {line > 0 ? (
        <button type="button" className="btn-link" onClick={() => onGoTo(line)}>
          Go to line {line}
        </button>
      ) : null}
    </p>
  );
}

/** A loop may bring one line in with the same value more than once. */
function withKeys(rows: readonly EffectiveOptionRow[]): { id: string; row: EffectiveOptionRow }[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const id = `${row.origin.file}:${row.origin.line} ${row.value}`;
    const times = seen.get(id) ?? 0;
    seen.set(id, times + 1);
    return { id: `${id} ${times}`, row };
  });
}
