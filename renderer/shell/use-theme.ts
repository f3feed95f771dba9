/** Applies the theme of the settings: `data-theme` for the tokens and Mantine's attribute, always together. */
import { useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { useSettings } from '../stores/use-stores.ts';
import { useMedia } from './use-media.ts';

export function useTheme(): void {
  const choice = useSettings((settings) => settings.theme);
  const isSystemDark = useMedia('(prefers-color-scheme: dark)');
  const theme = choice === 'system' ? (isSystemDark ? 'dark' : 'light') : choice;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    setColorScheme(theme);
  }, [theme, setColorScheme]);
}
