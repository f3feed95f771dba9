/** The page of an option: texts, where it works, facts, where it is set, findings, its neighbours. */
import type { ConfigTarget } from '../../../../electron/contract/model.ts';
import { optionNote } from '../../../../engine/config/option-notes.ts';
import { findOption, type OptionInfo } from '../../../../engine/config/option-table.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { InFile } from './InFile.tsx';
import { OptionLink } from './OptionLink.tsx';
import { factRows, statusLines } from './option-facts.ts';
import { rulesAbout } from './option-rules.ts';
import { Prose } from './Prose.tsx';
import { RuleList } from './RuleList.tsx';
import { optionSections } from './reference-search.ts';
import { reference } from './reference-store.ts';
import type { InstanceFile } from './use-instance-file.ts';

export interface OptionArticleProps {
  name: string;
  /** null: no instance is open. */
  file: InstanceFile | null;
}

export function OptionArticle({ name, file }: OptionArticleProps) {
  const option = findOption(name);
  const target = file?.target ?? null;
  if (option === null) return <UnknownOption name={name} ownWords={extraHelp(name, target)} />;
  const note = optionNote(option.name);
  const rules = rulesAbout(option.name, target?.server);
  return (
    <>
      <div className="ref-title">
        <h2 className="title m">{option.name}</h2>
        <CopyButton variant="quiet" size="sm" label="Copy the name" text={() => option.name} />
      </div>
      <Prose className="ref-text s1" text={option.help} />
      {note === null ? null : <Prose className="ref-text s2" text={note} />}
      <ul className="ref-status-lines">
        {statusLines(option, target).map(({ level, text }) => (
          <li key={text}>
            <HealthGlyph level={level} silent />
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <dl className="kv ref-facts">
        {factRows(option, target).map(({ name: fact, value, isMono }) => (
          <FactRow key={fact} name={fact} value={value} isMono={isMono} />
        ))}
      </dl>
      {file === null ? null : <InFile option={option} file={file} />}
      {rules.length === 0 ? null : (
        <section aria-label="What the checks say about it">
          <h3 className="sec">What the checks look at</h3>
          <RuleList rules={rules} />
        </section>
      )}
      <Neighbours option={option} />
    </>
  );
}

/** What the server's own program says of an option that the table does not have. */
function extraHelp(name: string, target: ConfigTarget | null): string | null {
  return target?.extra.find((extra) => extra.name === name)?.help ?? null;
}

function UnknownOption({ name, ownWords }: { name: string; ownWords: string | null }) {
  if (ownWords === null) return <p className="calm">uWSGI has no option called {name}.</p>;
  return (
    <>
      <div className="ref-title">
        <h2 className="title m">{name}</h2>
      </div>
      <p className="ref-text s1">
        An option of this server's own build, which is not in uWSGI 2.0. Its program says: “{ownWords}”
      </p>
    </>
  );
}

function FactRow({ name, value, isMono }: { name: string; value: string; isMono: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isMono ? 'm' : undefined}>{value}</dd>
    </>
  );
}

/** Sections can be long: those that matter most are shown, and the way to all. */
const MOST_NEIGHBOURS = 24;

function Neighbours({ option }: { option: OptionInfo }) {
  const all = optionSections().find(({ title }) => title === option.section)?.options ?? [];
  const others = all.filter((other) => other !== option);
  const noted = new Set(others.filter(({ name }) => optionNote(name) !== null).slice(0, MOST_NEIGHBOURS));
  const rest = new Set(others.filter((other) => !noted.has(other)).slice(0, MOST_NEIGHBOURS - noted.size));
  const shown = others.filter((other) => noted.has(other) || rest.has(other));
  return (
    <section aria-label={`Options of ${option.section}`}>
      <h3 className="sec">
        {option.section}
        <button
          type="button"
          className="btn-link r"
          onClick={() => reference.go({ type: 'section', title: option.section })}
        >
          All {all.length}
        </button>
      </h3>
      <p className="ref-links">
        {shown.map(({ name }) => (
          <OptionLink key={name} name={name} />
        ))}
      </p>
    </section>
  );
}
