/**
 * The application of an instance, when all lines are known: one language, and what it can not do together with other
 * options.
 */
import type { ConfigWarning } from './build-settings.ts';
import { finishCgi } from './cgi-app.ts';
import type { ConfigError } from './errors.ts';
import { LANGUAGES, type Language } from './languages.ts';
import type { Draft } from './options/section.ts';
import { checkPerl, finishPerl } from './perl-app.ts';
import { checkPhpWorkers, finishPhp } from './php-app.ts';
import { finishPython, hasApp } from './python-app.ts';
import { finishRuby } from './ruby-app.ts';
import type { AppSetting, Origin } from './settings.ts';

/** An application that the configuration asks for, and where. */
interface Candidate {
  app: AppSetting;
  option: string;
  origin: Origin;
}

export function finishApp(draft: Draft, errors: ConfigError[], warnings: ConfigWarning[]): void {
  const { settings } = draft;
  const { app: python, unused } = finishPython(draft.python);
  for (const source of unused) warnings.push({ code: 'caution', ...source });
  const [chosen, ...others] = candidates(draft);
  settings.app = chosen?.app ?? python ?? { language: 'none' };
  checkModifiers(draft, errors);
  checkPerl(settings, errors);
  checkPhpWorkers(settings, errors);
  if (chosen === undefined) return;
  const isPythonToo = python !== null && hasApp(python);
  for (const { app, option, origin } of isPythonToo ? [chosen] : others) {
    const other = isPythonToo ? 'Python' : LANGUAGES[chosen.app.language].title;
    errors.push({
      code: 'bad-value',
      message: `Both ${other} and ${LANGUAGES[app.language].title} applications are given ('${option}'); an instance runs one language.`,
      origin,
      option,
      hint: 'Remove one of them, or give each an instance of its own.',
    });
  }
  if (settings.protocols.modifiers.length > 0) {
    errors.push({
      code: 'bad-value',
      message:
        "Packets of 'uwsgi-modifiers' (or of the plugins spooler, signal, cache and rpc) are answered by Python applications only.",
      origin: chosen.origin,
      option: chosen.option,
      hint: "Leave 'uwsgi-modifiers' and these plugins out.",
    });
  }
}

/** A listener whose requests are for another language than the application's would never get an answer on uWSGI. */
function checkModifiers({ modifiers1, settings }: Draft, errors: ConfigError[]): void {
  const { modifier1: own } = LANGUAGES[settings.app.language];
  for (const { modifier1, origin } of modifiers1) {
    if (modifier1 === 0 || modifier1 === own) continue;
    errors.push({
      code: 'bad-value',
      message: `Modifier ${modifier1} asks for another language than the application's.`,
      origin,
      option: null,
      hint: modifierHint(settings.app.language),
    });
  }
}

function modifierHint(language: Language): string {
  const { title, modifier1 } = LANGUAGES[language];
  if (language === 'none') return "Name its application ('rack', 'psgi', 'php-docroot', 'cgi'), or write 0.";
  if (modifier1 === 0) return `Write 0: requests go to the application (${title}).`;
  return `Write ${modifier1}, which is ${title}, or 0.`;
}

/** Those beside Python. */
function candidates({ settings, jsApp, ruby, perl, php, cgi }: Draft): Candidate[] {
  const found: (Candidate | null)[] = [
    jsApp && { app: { language: 'javascript', file: jsApp.file }, option: 'js-app', origin: jsApp.origin },
    candidate(finishRuby(ruby), 'rack', ruby.rack?.origin),
    candidate(finishPerl(perl), 'psgi', perl.psgi?.origin),
    candidate(finishPhp(php), 'php-docroot', php.origin),
    candidate(finishCgi(cgi, settings.env), 'cgi', cgi.origin),
  ];
  return found.filter((one) => one !== null);
}

function candidate(app: AppSetting | null, option: string, origin: Origin | null | undefined): Candidate | null {
  return app === null ? null : { app, option, origin: origin ?? { file: '', line: 0 } };
}
