/**
 * Mantine restyled with our tokens: it gives behaviour (focus trap, menus, tooltips), the tokens give every colour.
 * Nothing here names a colour; the ramp only exists because Mantine wants ten shades of a primary colour.
 */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const ACCENT = 'var(--accent)';
const FILL = 'var(--accent-fill)';
const ramp: MantineColorsTuple = [ACCENT, ACCENT, ACCENT, ACCENT, ACCENT, ACCENT, FILL, FILL, FILL, FILL];

export const theme = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSmoothing: true,
  defaultRadius: 4,
  primaryColor: 'reeve',
  primaryShade: 6,
  autoContrast: false,
  respectReducedMotion: true,
  colors: { reeve: ramp },
  fontSizes: { xs: 'var(--t-11)', sm: 'var(--t-12)', md: 'var(--t-13)', lg: 'var(--t-15)', xl: 'var(--t-20)' },
  spacing: { xs: 'var(--s-2)', sm: 'var(--s-4)', md: 'var(--s-5)', lg: 'var(--s-6)', xl: 'var(--s-7)' },
});

const variables = {
  '--mantine-color-body': 'var(--bg-1)',
  '--mantine-color-text': 'var(--fg-1)',
  '--mantine-color-dimmed': 'var(--fg-3)',
  '--mantine-color-default-border': 'var(--line-2)',
  '--mantine-color-default': 'var(--bg-3)',
  '--mantine-color-placeholder': 'var(--fg-3)',
  '--mantine-color-error': 'var(--crit)',
  '--mantine-color-white': 'var(--fg-on-accent)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables, dark: variables, light: variables });
