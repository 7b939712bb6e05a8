/** The page of a server: a form to try it, and its OpenAPI description. It loads nothing from other hosts. */
import { escapeHtml } from '../report/html-text.ts';
import type { OpenApi, Operation } from './openapi.ts';

/** The page. */
export function pageOf({ info, paths, security }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<section><h2>${escapeHtml(tag)}</h2>${own.map(operationHtml).join('')}</section>`;
  });
  const token = security
    ? '<label>Token <input id="token" type="password" autocomplete="off" spellcheck="false"></label>'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<script src="page.js" defer></script>
</head>
<body>
<main>
<h1>${escapeHtml(info.title)} <small>${escapeHtml(info.version)}</small></h1>
<p>${escapeHtml(info.description)} <a href="openapi.json">openapi.json</a></p>
<section aria-labelledby="try"><h2 id="try">Try it</h2>
<form id="form">
${token}
<label>Model <select id="model"></select></label>
<label>Text <textarea id="text" dir="auto" rows="3" required></textarea></label>
<button>Predict</button>
</form>
<div id="result" role="status"></div></section>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

interface Shown {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function operationHtml({ method, path, operation }: Shown): string {
  const { summary, requestBody, responses } = operation;
  const statuses = Object.entries(responses as Record<string, { description: string }>)
    .filter(([status]) => status !== '200')
    .map(([status, { description }]) => `<li><b>${status}</b> ${escapeHtml(description)}</li>`);
  const { schema, example } = jsonOf(requestBody?.content);
  const answer = jsonOf((responses as Record<string, { content?: unknown }>)['200'].content).schema;
  const command =
    method === 'post'
      ? `curl ${location(path)} -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`
      : `curl ${location(path)}`;
  return `<details><summary><code class="${method}">${method.toUpperCase()}</code> <code>${escapeHtml(path)}</code> ${escapeHtml(summary)}</summary>
<pre class="command">${escapeHtml(command)}</pre>
${schema ? `<h3>Body</h3>${schemaHtml(schema)}` : ''}
${answer?.type === 'object' || answer?.anyOf ? `<h3>Answer</h3>${schemaHtml(answer)}` : ''}
${statuses.length > 0 ? `<h3>Refusals</h3><ul>${statuses.join('')}</ul>` : ''}
</details>`;
}

/** The script inserts the address of the server. */
function location(path: string): string {
  return `http://localhost:8080${path}`;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
}

function jsonOf(content: unknown): { readonly schema?: Schema; readonly example?: unknown } {
  return (
    (content as Record<string, { schema?: Schema; example?: unknown }> | undefined)?.['application/json'] ??
    {}
  );
}

function schemaHtml(schema: Schema): string {
  const { properties } = schema;
  if (!properties) return `<p>${typeHtml(schema)}</p>`;
  const rows = Object.entries(properties).map(([name, own]) => {
    const required = schema.required?.includes(name) ? '' : ' <i>optional</i>';
    const inside = objectIn(own);
    const nested = inside ? schemaHtml(inside) : '';
    return `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${typeHtml(own)}${required}</td><td>${escapeHtml(own.description ?? '')}${nested}</td></tr>`;
  });
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}

/** The object schema whose keys are shown: the schema itself, an alternative, or that of list items. */
function objectIn(schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  if (schema.items) return objectIn(schema.items);
  return schema.anyOf?.map(objectIn).find((one) => one !== undefined);
}

function typeHtml(schema: Schema): string {
  return escapeHtml(typeName(schema));
}

function typeName({ type, items, anyOf, enum: values }: Schema): string {
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf) return [...new Set(anyOf.map(typeName))].join(' | ');
  if (type === 'array') return `list of ${items ? typeName(items) : 'values'}`;
  return [type ?? 'value'].flat().join(' | ');
}

/** The style of the page, light and dark. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3a4048); --soft: light-dark(#f4f6f8, #1d2127); --blue: light-dark(#0b57d0, #8ab4f8); --green: light-dark(#146c2e, #7fcf94); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #14171b); color: light-dark(#1b1f24, #e6e8ea); }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0 0 .5rem; } h1 small { font-weight: normal; font-size: 1rem; }
h2 { margin: 2rem 0 .75rem; font-size: 1.2rem; } h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
a { color: var(--blue); }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; border-radius: 6px; overflow-x: auto; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: 0 .8rem; overflow-x: auto; }
summary { padding: .5rem 0; cursor: pointer; overflow-wrap: anywhere; }
summary code:first-of-type { font-weight: bold; display: inline-block; min-width: 3rem; }
.get { color: var(--blue); } .post { color: var(--green); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); font-weight: normal; }
form { display: grid; gap: .75rem; } label { display: grid; gap: .25rem; }
input, select, textarea, button { font: inherit; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--soft); color: inherit; width: 100%; }
button { width: auto; justify-self: start; cursor: pointer; background: var(--blue); color: light-dark(#fff, #14171b); border: 0; padding: .5rem 1.2rem; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
#result { margin-top: 1rem; min-height: 1.5rem; }
#result div { display: grid; grid-template-columns: minmax(6rem, 12rem) 1fr 4rem; gap: .75rem; align-items: center; margin: .2rem 0; }
#result span:first-child { overflow-wrap: anywhere; } #result span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 100%; height: 1rem; }
`;

/** The script of the page: the form. Answers are shown as text, never as HTML. */
export const PAGE_SCRIPT = `
const byId = (id) => document.getElementById(id);
const [form, model, text, result, token] = ['form', 'model', 'text', 'result', 'token'].map(byId);
const headers = () => ({ 'Content-Type': 'application/json', ...(token?.value && { Authorization: 'Bearer ' + token.value }) });
for (const pre of document.querySelectorAll('.command')) pre.textContent = pre.textContent.replaceAll('http://localhost:8080', location.origin);
async function ask(path, options) {
  const response = await fetch(path, { ...options, headers: headers() });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}
function say(message) {
  result.replaceChildren(document.createTextNode(message));
}
async function fillModels() {
  try {
    const { models } = await ask('models');
    model.replaceChildren(...models.map((one) => {
      const value = JSON.stringify([one.name, one.version]);
      return new Option(one.name + ' version ' + one.version + ' (' + one.labels.length + ' classes)', value);
    }));
    say('');
  } catch (error) {
    say(error.message);
  }
}
function show({ predictions: [one] }) {
  const rows = one.scores.map(({ label, score }) => {
    const row = document.createElement('div');
    const [name, meter, value] = ['span', 'meter', 'span'].map((tag) => document.createElement(tag));
    name.textContent = label;
    meter.value = score;
    meter.setAttribute('aria-label', label);
    value.textContent = score.toFixed(4);
    row.append(name, meter, value);
    return row;
  });
  const known = document.createElement('p');
  known.textContent = one.known_tokens + ' of ' + one.tokens + ' tokens known' + (one.label === null ? '; not confident enough for a label' : '');
  result.replaceChildren(...rows, known);
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    if (model.options.length === 0) await fillModels();
    const [name, version] = JSON.parse(model.value);
    show(await ask('predict', { method: 'POST', body: JSON.stringify({ text: text.value, model: name, version, top_k: 10 }) }));
  } catch (error) {
    say(error.message);
  }
});
token?.addEventListener('change', fillModels);
if (!token) void fillModels();
`;
