/** Mantine's theme: one ink-blue accent, system fonts, small radii; the page's own tokens are in styles/tokens.css. */
import { createTheme } from '@mantine/core';

const sansSerif =
  '"Inter", "SF Pro Text", "Segoe UI Variable Text", "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif';

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 5 },
  colors: {
    ink: [
      '#eef5fc',
      '#d9e8f7',
      '#b2d1ef',
      '#86b7e6',
      '#62a2df',
      '#4a94da',
      '#2f7cc8',
      '#1f63a8',
      '#17528e',
      '#0d4175',
    ],
    // Mantine's dark greys, turned a little towards the page's blue.
    dark: [
      '#d3dae2',
      '#b5bfca',
      '#8793a1',
      '#5f6b79',
      '#3b4551',
      '#29313b',
      '#1f262f',
      '#161b22',
      '#11161c',
      '#0c1014',
    ],
  },
  fontFamily: sansSerif,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, monospace',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  autoContrast: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 400, events: { hover: true, focus: true, touch: true } } },
  },
});
