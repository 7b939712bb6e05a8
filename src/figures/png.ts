/** SVG to PNG without a browser: resvg as WebAssembly, with the font that the figures are measured in. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { type Fonts, OWN_FONT } from './fonts/find.ts';
import { outlineTexts } from './fonts/outlines.ts';

const require = createRequire(import.meta.url);
let started: Promise<Uint8Array[]> | undefined;

/** Starts resvg once a process and reads the font. */
async function start(): Promise<Uint8Array[]> {
  await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return Object.values(OWN_FONT).map((file) => readFileSync(file));
}

/**
 * A figure's SVG as PNG.
 *
 * @param options `scale` pixels for each of its own (default 3: 300 dots an inch in a column of a paper); fonts for
 *   characters that the figures' own font lacks (default those installed).
 */
export async function svgToPng(
  drawing: string,
  { scale = 3, fonts }: { readonly scale?: number; readonly fonts?: Fonts } = {},
): Promise<Uint8Array> {
  const { svg } = await outlineTexts(drawing, fonts);
  const fontBuffers = await (started ??= start());
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      fontBuffers,
      loadSystemFonts: false,
      defaultFontFamily: 'Noto Sans',
      sansSerifFamily: 'Noto Sans',
    },
  });
  try {
    const rendered = image.render();
    try {
      return rendered.asPng();
    } finally {
      rendered.free();
    }
  } finally {
    image.free();
  }
}
