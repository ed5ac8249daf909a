import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const harbour: MantineColorsTuple = [
  '#eef4fd',
  '#dce8fa',
  '#b9d0f4',
  '#8fb3ed',
  '#6896e6',
  '#4b80de',
  '#386fd2',
  '#2a5dba',
  '#234d9a',
  '#1b3b76',
];

const slate: MantineColorsTuple = [
  '#e2e7ed',
  '#bfc7d0',
  '#9ba6b2',
  '#6a7582',
  '#3b444f',
  '#2f3740',
  '#232930',
  '#15181c',
  '#101316',
  '#0b0d0f',
];

/** Sizes are one step below Mantine's own: the console is read in rows. */
export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  colors: { harbour, dark: slate },
  fontFamily:
    '-apple-system, BlinkMacSystemFont, "SF Pro Text", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '10px', xl: '14px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
});

/** Mantine's own greys for secondary text and errors miss AA contrast; these meet it on every surface of the console. */
export const resolveCssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b2026',
    '--mantine-color-dimmed': '#57616c',
    '--mantine-color-placeholder': '#6b7580',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-default-border': '#cfd6dd',
    '--mantine-color-anchor': '#2456ad',
  },
  dark: {
    '--mantine-color-body': '#15181c',
    '--mantine-color-text': '#e2e7ed',
    '--mantine-color-dimmed': '#9ba6b2',
    '--mantine-color-placeholder': '#8a95a1',
    '--mantine-color-error': '#ff9a90',
    '--mantine-color-default': '#1f242a',
    '--mantine-color-default-hover': '#272d34',
    '--mantine-color-default-border': '#3b444f',
    '--mantine-color-anchor': '#93b8f5',
  },
});
