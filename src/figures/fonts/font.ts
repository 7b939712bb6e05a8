/** A font that lays out text, as fontkit reads it. */

/** The outline of a glyph. */
export interface Path {
  scale(x: number, y: number): Path;
  translate(x: number, y: number): Path;
  rotate(radians: number): Path;
  /** The path as the `d` of SVG, two decimals. */
  toSVG(): string;
}

/** A text with its glyphs chosen and placed. */
export interface GlyphRun {
  readonly glyphs: readonly { readonly path: Path }[];
  /** In units of the font; one for each glyph. */
  readonly positions: readonly {
    readonly xAdvance: number;
    readonly xOffset: number;
    readonly yOffset: number;
  }[];
}

/** A font. */
export interface Font {
  readonly familyName: string;
  readonly unitsPerEm: number;
  layout(
    text: string,
    features?: undefined,
    script?: undefined,
    language?: undefined,
    direction?: 'ltr' | 'rtl',
  ): GlyphRun;
}

/** The fonts in the bytes of a file, of which most have one. @throws whatever fontkit throws for a damaged file */
export async function readFonts(bytes: Uint8Array): Promise<readonly Font[]> {
  const { create } = await import('fontkit');
  const font = create(bytes) as Font | { readonly fonts: readonly Font[] };
  return 'fonts' in font ? font.fonts : [font];
}
