/** `--font`: of the commands that draw PNG and PDF. */

/** The option. */
export const fontOption = {
  value: 'FILE',
  description:
    'font (.ttf, .otf, .ttc) for characters that the font of PNG and PDF lacks, such as Chinese or Arabic; SVG has what the browser has',
  default: 'the installed fonts',
} as const;
