/** What a visitor takes home: the model's files, or one page that has the model in it. */
import { zipSync } from 'fflate';
import { script } from 'virtual:exported-page';

type Files = ReadonlyMap<string, Uint8Array>;

/** The files of a model as a zip with one folder. */
export function modelZip(files: Files): Uint8Array<ArrayBuffer> {
  const entries = [...files].map(([name, bytes]) => [`model/${name}`, bytes] as const);
  // the same model, the same bytes
  return zipSync(Object.fromEntries(entries), { mtime: '1980-01-01T12:00:00' });
}

/** One HTML page with the model, prediction and explanation in it, which opens from disk and needs no network. */
export function modelPage(files: Files, title: string): string {
  const needed = [...files].filter(([name]) => name !== 'README.md');
  const model = JSON.stringify(Object.fromEntries(needed.map(([name, bytes]) => [name, base64(bytes)])));
  const name = title.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'">
<title>${name}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; }
textarea { box-sizing: border-box; width: 100%; font: inherit; padding: 0.5rem; }
ol { padding: 0; } li { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr) 5ch; gap: 0.75rem; align-items: center; }
meter { width: 100%; } #words { white-space: pre-wrap; }
mark { color: inherit; border-radius: 0.2em; background: color-mix(in srgb, #0067a8 calc(var(--strength) * 0.6), transparent); }
mark.against { background: color-mix(in srgb, #b34614 calc(var(--strength) * 0.6), transparent); }
</style>
<main>
<h1>${name}</h1>
<p id="status" role="status">Loading the model…</p>
<label for="text">Text to classify</label>
<textarea id="text" rows="4"></textarea>
<ol id="scores" aria-label="Probabilities" aria-live="polite"></ol>
<p id="words"></p>
<p><small id="note"></small></p>
</main>
<script type="application/json" id="model">${model}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</html>
`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // a call takes only so many arguments
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** Offers bytes for download. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // the browser has begun to read it by then
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
