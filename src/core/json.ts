/**
 * `JSON.parse` for files from outside: nesting has a limit, and object keys may be data: words, labels.
 *
 * NOTE: V8 of Node 24 to 26 can decode an escaped key wrongly once a key of a single backslash was parsed
 * (https://github.com/nodejs/node/issues/63785): the key "\"" then reads as "\\". Values are not affected. So
 * escaped keys are spelled in hexadecimal before the text is parsed, and put back afterwards.
 */

const MARK = '\uffff'; // a noncharacter: no text should hold it, and a key that starts with it is spelled out too

/** Most levels of lists and objects: more than real files have, few enough for recursive functions. */
const MAX_DEPTH = 1000;

/** Whether a JSON text, valid or not, is nested more than 1,000 levels deep. */
export function isNestedTooDeep(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = closingQuote(text, i);
      if (i === -1) return false; // not JSON; parsing will say so
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/**
 * Parses JSON.
 * @throws SyntaxError as `JSON.parse`, and if it is nested more than 1,000 levels deep, which recursive functions
 * could not handle
 */
export function parseJson(text: string): unknown {
  if (isNestedTooDeep(text))
    throw new SyntaxError(`lists and objects are nested more than ${MAX_DEPTH} levels deep`);
  const safe = spellOutKeys(text);
  if (safe === text) return JSON.parse(text);
  return JSON.parse(safe, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? withKeysRestored(value) : value,
  );
}

function spellOutKeys(text: string): string {
  if (!text.includes('\\') && !text.includes(MARK)) return text;
  let result = '';
  let copied = 0;
  for (let start = text.indexOf('"'); start !== -1;) {
    const end = closingQuote(text, start);
    if (end === -1) break; // not JSON; parsing will say so
    const inner = text.slice(start + 1, end);
    if ((inner.includes('\\') || inner.startsWith(MARK)) && isKey(text, end + 1)) {
      result += `${text.slice(copied, start)}"${MARK}${toHex(JSON.parse(`"${inner}"`) as string)}"`;
      copied = end + 1;
    }
    start = text.indexOf('"', end + 1);
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function closingQuote(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++;
  }
  return -1;
}

/** Whether a colon follows, after the white space of JSON. */
function isKey(text: string, at: number): boolean {
  while (at < text.length && ' \t\n\r'.includes(text[at])) at++;
  return text[at] === ':';
}

function withKeysRestored(value: object): object {
  const entries = Object.entries(value);
  if (!entries.some(([key]) => key.startsWith(MARK))) return value;
  const restored = {};
  for (const [key, item] of entries) {
    const name = key.startsWith(MARK) ? fromHex(key.slice(1)) : key;
    // assigning to "__proto__" would set the prototype
    Object.defineProperty(restored, name, {
      value: item,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return restored;
}

function toHex(text: string): string {
  let hex = '';
  for (let i = 0; i < text.length; i++) hex += text.charCodeAt(i).toString(16).padStart(4, '0');
  return hex;
}

function fromHex(hex: string): string {
  let text = '';
  for (let i = 0; i < hex.length; i += 4)
    text += String.fromCharCode(Number.parseInt(hex.slice(i, i + 4), 16));
  return text;
}
