/** The page of a finding: why it matters, what to do, a file that has it, where it is said now. */
import { findRule } from '../../../../engine/config/rules/catalogue.ts';
import { instanceRoute } from '../../../stores/router.ts';
import { useStores } from '../../../stores/use-stores.ts';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { configRequests } from '../config-requests.ts';
import { OptionLink } from './OptionLink.tsx';
import { optionsOf } from './option-rules.ts';
import { Prose } from './Prose.tsx';
import { LEVELS, SEVERITY_WORDS } from './reference-words.ts';
import type { InstanceFile } from './use-instance-file.ts';

const SERVER_WORDS = { engine: 'bundled engine only', uwsgi: 'uWSGI only' } as const;

export function RuleArticle({ code, file }: { code: string; file: InstanceFile | null }) {
  const { router } = useStores();
  const rule = findRule(code);
  if (rule === null) return <p className="calm">There is no finding called {code}.</p>;
  const options = optionsOf(rule);
  const here = file?.diagnostics.filter((diagnostic) => diagnostic.code === code) ?? [];
  function goTo(line: number): void {
    if (file === null) return;
    configRequests.ask(file.instanceId, { type: 'go-to', line, column: 0 });
    router.go(instanceRoute(file.instanceId, 'config'));
  }
  return (
    <>
      <div className="ref-title">
        <HealthGlyph level={LEVELS[rule.severity]} silent />
        <h2 className="title">{rule.title}</h2>
      </div>
      <p className="ref-text q">
        <span className="m">{rule.code}</span>, {SEVERITY_WORDS[rule.severity]}
        {rule.server === undefined ? null : `, ${SERVER_WORDS[rule.server]}`}
      </p>
      <Prose className="ref-text s1" text={rule.why} />
      <Prose className="ref-text s1" text={rule.todo} />
      {here.length === 0 ? null : (
        <section aria-label="In this file">
          <h3 className="sec">In this file</h3>
          {here.map(({ line, message }) => (
            <p className="ref-line" key={`${line} ${message}`}>
              <span className="grow">{message}</span>
              {line > 0 ? (
                <button type="button" className="btn-link" onClick={() => goTo(line)}>
                  Go to line {line}
                </button>
              ) : null}
            </p>
          ))}
        </section>
      )}
      <h3 className="sec">A file that has it</h3>
      <pre className="code ref-example">{rule.example.trimEnd()}</pre>
      {options.length === 0 ? null : (
        <>
          <h3 className="sec">Options it is about</h3>
          <p className="ref-links">
            {options.map((name) => (
              <OptionLink key={name} name={name} />
            ))}
          </p>
        </>
      )}
    </>
  );
}
