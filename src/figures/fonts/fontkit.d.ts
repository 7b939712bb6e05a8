/** The part of fontkit that figures use. */
declare module 'fontkit' {
  interface Path {
    readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[];
    scale(x: number, y: number): Path;
    translate(x: number, y: number): Path;
    rotate(radians: number): Path;
    /** The path as the `d` of SVG, two decimals. */
    toSVG(): string;
  }
  interface Glyph {
    readonly path: Path;
  }
  interface GlyphRun {
    readonly glyphs: readonly Glyph[];
    /** In units of the font; one for each glyph. */
    readonly positions: readonly {
      readonly xAdvance: number;
      readonly xOffset: number;
      readonly yOffset: number;
    }[];
  }
  interface Font {
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
  /** A file with several fonts. */
  interface FontCollection {
    readonly fonts: readonly Font[];
  }
  function create(bytes: Uint8Array): Font | FontCollection;
}
