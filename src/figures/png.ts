/** SVG to PNG without a browser: resvg as WebAssembly, with the font that the figures are measured in. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const require = createRequire(import.meta.url);
let fonts: Promise<Uint8Array[]> | undefined;

/** Starts resvg once a process and reads the font. */
async function start(): Promise<Uint8Array[]> {
  await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return ['400Regular/NotoSans_400Regular.ttf', '700Bold/NotoSans_700Bold.ttf'].map((file) =>
    readFileSync(require.resolve(`@expo-google-fonts/noto-sans/${file}`)),
  );
}

/** A figure's SVG as PNG, `scale` pixels for each of its own (default 3: 300 dots an inch in a column of a paper). */
export async function svgToPng(
  svg: string,
  { scale = 3 }: { readonly scale?: number } = {},
): Promise<Uint8Array> {
  const fontBuffers = await (fonts ??= start());
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
