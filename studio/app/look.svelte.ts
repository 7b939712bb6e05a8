/** Light or dark, as the system asks for. */
const dark = matchMedia('(prefers-color-scheme: dark)');
let theme = $state<'light' | 'dark'>(dark.matches ? 'dark' : 'light');
dark.addEventListener('change', ({ matches }) => {
  theme = matches ? 'dark' : 'light';
});

/** The colours that figures are drawn in. */
export function currentTheme(): 'light' | 'dark' {
  return theme;
}
