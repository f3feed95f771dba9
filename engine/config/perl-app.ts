/**
 * What the Perl part of a configuration means; the workers get it as it stands (RuntimeBoot, engine/master/control.ts)
 * and resources/runtimes/perl/reeve_runtime.pl reads it. Pure.
 */
import type { ConfigError } from './errors.ts';
import type { EngineSettings, Origin } from './settings.ts';

interface PerlSettings {
  /** `perl-local-lib`: folders, absolute. */
  localLibs: string[];
  /** `perl-args` and `perl-arg`: @ARGV. */
  args: string[];
  /** `perl-exec`: files that are run before the application is loaded, absolute. */
  exec: string[];
  /** `perl-exec-post-fork`: files that each worker runs, absolute. */
  execPostFork: string[];
  /** `perl-auto-reload`; 0: off. */
  autoReloadSeconds: number;
  /** `perl-auto-reload-ignore`: paths, or names as in %INC. */
  autoReloadIgnore: string[];
  /** `perl-no-die-catch`: where something died is not noted. */
  noDieCatch: boolean;
  /** `perl-no-plack` */
  noPlack: boolean;
}

export interface PerlApp extends PerlSettings {
  language: 'perl';
  /** `psgi`: absolute. */
  file: string;
}

export interface PerlDraft extends PerlSettings {
  psgi: { file: string; origin: Origin } | null;
}

export function perlDraft(): PerlDraft {
  return {
    psgi: null,
    localLibs: [],
    args: [],
    exec: [],
    execPostFork: [],
    autoReloadSeconds: 0,
    autoReloadIgnore: [],
    noDieCatch: false,
    noPlack: false,
  };
}

/** Null: the configuration has no Perl application. */
export function finishPerl({ psgi, ...settings }: PerlDraft): PerlApp | null {
  return psgi === null ? null : { language: 'perl', file: psgi.file, ...settings };
}

/** Perl's threads each copy the whole application (and uWSGI's plugin starts that many interpreters): processes are better. */
export function checkPerl({ app, threads, options }: EngineSettings, errors: ConfigError[]): void {
  if (app.language !== 'perl' || threads === 1) return;
  errors.push({
    code: 'bad-value',
    message: "'threads' does not go with 'psgi': a Perl process runs one request at a time.",
    origin: options.find(({ key }) => key === 'threads')?.origin ?? { file: '', line: 0 },
    option: 'threads',
    hint: "Remove 'threads' and raise 'processes', which share the memory of the loaded application.",
  });
}
