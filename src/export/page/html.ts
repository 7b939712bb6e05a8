/** The document of an exported page: everything in one file, and nothing loaded from elsewhere. */
import { createSha256 } from '../../core/sha256.ts';

/** What the page is made of. */
export interface PageParts {
  /** Its heading. */
  readonly title: string;
  /** What the model is, a sentence. */
  readonly about: string;
  /** The program. */
  readonly script: string;
  /** The files of the model, packed. */
  readonly model: string;
}

const STYLE = `
:root{color-scheme:light dark;--text:#1a1c20;--quiet:#50555e;--back:#fff;--panel:#f2f4f7;--line:#8b929e;--for:#0067a8;--against:#c24a00}
@media (prefers-color-scheme:dark){:root{--text:#f1f2f4;--quiet:#b3b9c3;--back:#14161a;--panel:#1f232a;--line:#6b717c;--for:#62b5ee;--against:#f0a33b}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,footer{max-width:44rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2;margin:2rem 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:1.8rem 0 .5rem}
.quiet,footer{color:var(--quiet);font-size:.92rem}
label{display:block;font-weight:600;margin-top:1.4rem}
[hidden]{display:none!important}
textarea{display:block;width:100%;min-height:9rem;margin-top:.4rem;padding:.7rem;font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:.4rem;resize:vertical}
textarea:focus-visible,button:focus-visible{outline:2px solid var(--for);outline-offset:2px}
#summary{font-size:1.2rem;font-weight:600;margin:1.2rem 0 .4rem;overflow-wrap:anywhere}
ul{list-style:none;margin:0;padding:0}
button{font:inherit;color:inherit;cursor:pointer}
.bar{display:grid;grid-template-columns:1fr auto;gap:0 1rem;width:100%;padding:.35rem .5rem;border:1px solid transparent;border-radius:.4rem;background:none;text-align:left}
.bar[aria-pressed=true]{border-color:var(--line);background:var(--panel)}
.bar.best .label{font-weight:600}
.label{overflow-wrap:anywhere}
.value{font-variant-numeric:tabular-nums}
.track{grid-column:1/-1;height:.5rem;border-radius:.25rem;background:color-mix(in srgb,var(--line) 25%,transparent);overflow:hidden}
.fill{display:block;height:100%;width:0;background:var(--for)}
#words{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9}
mark{color:inherit;border-radius:.2rem;padding:.1rem 0}
mark.for{background:color-mix(in srgb,var(--for) calc(var(--strength,40%)*.6),var(--back));border-bottom:2px solid var(--for)}
mark.against{background:color-mix(in srgb,var(--against) calc(var(--strength,40%)*.6),var(--back));border-bottom:2px dashed var(--against)}
#legend{color:var(--text);display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:.6rem 0}
.plain{padding:.4rem .8rem;border:1px solid var(--line);border-radius:.4rem;background:var(--panel)}
footer{margin-top:2.5rem;padding-bottom:2rem}
`;

/** The text of the file. */
export function pageHtml({ title, about, script, model }: PageParts): string {
  const program = safeScript(script);
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256Base64(program)}' 'wasm-unsafe-eval'`,
    // the widths of bars are set on elements by the program, which this does not concern
    `style-src 'sha256-${sha256Base64(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(about)} Nothing that you write leaves this page.</p>
<label for="text">Text</label>
<textarea id="text" dir="auto" disabled spellcheck="false" autocomplete="off"></textarea>
<p id="status" role="status">Loading the model …</p>
<p id="summary" role="status"></p>
<ul id="bars" aria-label="Probability of each class" hidden></ul>
<section aria-labelledby="words-title">
<h2 id="words-title">Which words matter</h2>
<p id="legend" class="quiet" hidden><span><mark class="for" id="for"></mark></span><span><mark class="against" id="against"></mark></span></p>
<div id="words" dir="auto"></div>
</section>
<noscript><p>This page needs JavaScript to run the model.</p></noscript>
</main>
<footer><p>Made with Unroll.</p></footer>
<script type="text/plain" id="model">${model}</script>
<script>${program}</script>
</body>
</html>
`;
}

/** A script that ends where it ends: within HTML, `</script` and `<!--` would not wait. */
function safeScript(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, '\\x3C');
}

function sha256Base64(text: string): string {
  const hex = createSha256().update(new TextEncoder().encode(text)).hex();
  const bytes = hex.match(/../g) ?? [];
  return btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.toWellFormed().replace(/[&<>"]/g, (char) => ENTITIES[char]);
}
