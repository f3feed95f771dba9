/** What other files give: the values that come in by `include` and its kin, with their places. Pure. */
import type { ConfigContext } from '../../../../electron/contract/editor-model.ts';
import { findOption } from '../../../../engine/config/option-table.ts';
import type { OutsideValue } from './form-model.ts';

/** True when a line may read another file. */
export function includesFiles(text: string): boolean {
  return /^[ \t]*(?:include|inherit|ini|ini-paste|ini-paste-logged|xml|yaml|yml|json|js|config)[ \t]*=/m.test(text);
}

/** By main name; what the file itself sets, too, is left to the form. */
export function outsideValues({ values }: ConfigContext, path: string): ReadonlyMap<string, OutsideValue> {
  const found = new Map<string, OutsideValue>();
  for (const { key, value, file, line } of values) {
    const option = findOption(key);
    if (option === null || line === 0 || file === path) continue;
    found.set(option.name, { value, place: `${file.slice(file.lastIndexOf('/') + 1)}:${line}` });
  }
  return found;
}
