/** What the rows of the form ask for; the panel does it. One object for as long as the form is open. */
import { createContext, use } from 'react';
import type { ConfigDiagnostic, ConfigTarget } from '../../../../electron/contract/model.ts';
import type { FormAction } from './form-actions.ts';
import type { ServerKind } from './form-words.ts';

export interface FormDesk {
  /** uWSGI until it is known. */
  server: ServerKind;
  target: ConfigTarget | null;
  /** `joins`: goes on with what was typed into this field before. */
  act(action: FormAction, joins?: boolean): void;
  goToLine(line: number): void;
  fix(problem: ConfigDiagnostic): void;
  /** What moves rows waits for the click that is under way. */
  afterPress(action: () => void): void;
  /** Paths on the server that begin with what is typed. */
  pathsFor(option: string, typed: string): Promise<readonly string[]>;
}

export const FormDeskContext = createContext<FormDesk | null>(null);

export function useFormDesk(): FormDesk {
  const desk = use(FormDeskContext);
  if (desk === null) throw new Error('There is no form around this row.');
  return desk;
}
