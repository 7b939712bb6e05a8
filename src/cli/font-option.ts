/** `--font`: of the commands that draw PNG and PDF. */

/** The option. */
export const fontOption = {
  value: 'FILE',
  description:
    'font file (.ttf, .otf, .ttc) for characters that the built-in font lacks in PNG and PDF figures, such as Chinese or Arabic; SVG figures use the fonts of the browser',
  default: 'the installed fonts',
} as const;
