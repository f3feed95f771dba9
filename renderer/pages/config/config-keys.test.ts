import { expect, it } from 'vitest';
import { keyAction } from './config-keys.ts';

function pressed(keys: string) {
  const parts = keys.split('+');
  return keyAction({
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  });
}

it('the keys of the Config tab are known on every platform, and with Caps Lock', () => {
  expect(
    ['Ctrl+s', 'Meta+S', 'Ctrl+f', 'Ctrl+Shift+D', 'Ctrl+Shift+d', 'Ctrl+Shift+O', 'Meta+Shift+m'].map(pressed),
  ).toEqual(['save', 'save', 'find', 'diff', 'diff', 'outline', 'problems']);
});

it('other keys are left alone', () => {
  expect(['s', 'Ctrl+d', 'Ctrl+Shift+s', 'Ctrl+Alt+s', 'Alt+f'].map(pressed)).toEqual([null, null, null, null, null]);
});
