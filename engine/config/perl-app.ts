/**
 * What the Perl part of a configuration means; the workers get it as it stands (RuntimeBoot, engine/master/control.ts)
 * and resources/runtimes/perl/reeve_runtime.pl reads it. Pure.
 */
import type { Origin } from './settings.ts';

interface PerlSettings {
  /** `perl-local-lib`: folders, absolute. */
  localLibs: string[];
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
  return { psgi: null, localLibs: [] };
}

/** Null: the configuration has no Perl application. */
export function finishPerl({ psgi, ...settings }: PerlDraft): PerlApp | null {
  return psgi === null ? null : { language: 'perl', file: psgi.file, ...settings };
}
