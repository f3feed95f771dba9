import { expect, test } from 'vitest';
import { cgiDraft, finishCgi } from '../config/cgi-app.ts';
import { finishPerl, perlDraft } from '../config/perl-app.ts';
import { finishPhp, phpDraft } from '../config/php-app.ts';
import { finishRuby, rubyDraft } from '../config/ruby-app.ts';
import type { AppSetting } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import { programFor } from './interpreter.ts';

const ORIGIN = { file: 'app.ini', line: 2 };

/** What is said when the program of this application is not there. */
function refusal(app: AppSetting | null): string {
  if (app === null) throw new Error('no application');
  try {
    programFor(app, '/resources', { PATH: '/nowhere' }, '/');
  } catch (error) {
    if (error instanceof EngineError) return formatEngineError(error);
    throw error;
  }
  return 'none';
}

test('a program that is missing is named, with the option that needs it', ({ skip }) => {
  skip(process.platform === 'win32', 'programs have other names on Windows');
  expect(refusal(finishRuby({ ...rubyDraft(), rack: { file: '/config.ru', origin: ORIGIN } }))).toBe(
    "There is no 'ruby' on the PATH, which 'rack' needs. Install it, or add its folder to PATH where the engine is started.",
  );
  expect(refusal(finishPerl({ ...perlDraft(), psgi: { file: '/app.psgi', origin: ORIGIN } }))).toMatch(
    /no 'perl' on the PATH, which 'psgi' needs/,
  );
  expect(refusal(finishPhp({ ...phpDraft(), origin: ORIGIN }))).toMatch(/no 'php-cgi' on the PATH, which PHP/);
  expect(refusal(finishCgi({ ...cgiDraft(), origin: ORIGIN }, []))).toMatch(/no 'python3' .* the scripts of 'cgi'/);
  expect(refusal({ language: 'none' })).toMatch(/no 'python3' \(3\.8 or newer\) on the PATH/);
});
