/**
 * What the Ruby part of a configuration means; the workers get it as it stands (RuntimeBoot, engine/master/control.ts)
 * and resources/runtimes/ruby/reeve_runtime.rb reads it. Pure.
 */
import type { Origin } from './settings.ts';

interface RubySettings {
  /** `rb-lib`: folders, absolute. */
  libs: string[];
  /** `shared-rb-require` and `rb-require`: files or names of libraries, loaded before the application in this order. */
  sharedRequires: string[];
  requires: string[];
  /** `ruby-gc-freq`: garbage is collected after so many requests; 0: when Ruby finds it due. */
  gcFrequency: number;
}

export interface RubyApp extends RubySettings {
  language: 'ruby';
  /** `rack`: a config.ru, absolute. */
  file: string;
}

export interface RubyDraft extends RubySettings {
  rack: { file: string; origin: Origin } | null;
}

export function rubyDraft(): RubyDraft {
  return { rack: null, libs: [], sharedRequires: [], requires: [], gcFrequency: 0 };
}

/** Null: the configuration has no Ruby application. */
export function finishRuby({ rack, ...settings }: RubyDraft): RubyApp | null {
  return rack === null ? null : { language: 'ruby', file: rack.file, ...settings };
}
