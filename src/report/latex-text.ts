/** Text inside LaTeX: shown as it is, never run. */

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '`': '\\textasciigrave{}',
  // a TeX command without braces would swallow the space after it
  '−': '$-$',
  '–': '\\textendash{}',
  '—': '\\textemdash{}',
  '‘': '\\textquoteleft{}',
  '’': '\\textquoteright{}',
  '“': '\\textquotedblleft{}',
  '”': '\\textquotedblright{}',
  '…': '\\dots{}',
  '×': '$\\times$',
  '→': '$\\rightarrow$',
  '·': '\\textperiodcentered{}',
  '•': '\\textbullet{}',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '±': '$\\pm$',
  '°': '\\textdegree{}',
  '€': '\\texteuro{}',
  '£': '\\pounds{}',
  '\u00a0': '~',
};
/** Letters that the T1 encoding of LaTeX has, beside those of ASCII. */
const LETTERS = /[À-ÖØ-öø-ÿĂăĄąĆćČčĎďĐĘęĚěĞğŁłŃńŇňŐőŘřŚśŞşŠšŤťŮůŰűŹźŻżŽž]/;

/**
 * Text escaped for LaTeX. Letters that the font lacks lose their accent; other characters are shown as their code
 * point, `[U+4E2D]`.
 */
export function escapeLatex(text: string): string {
  const escaped = apart(Array.from(text.normalize('NFC'), escapeChar).join(''));
  // no line break between a number and its per cent sign
  return escaped.replace(/(\d) \\%/g, '$1~\\%');
}

function escapeChar(char: string): string {
  const special = SPECIAL[char] as string | undefined;
  if (special !== undefined) return special;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(char)) return ' ';
  if (/^[ -~]$/.test(char) || LETTERS.test(char)) return char;
  const plain = char.normalize('NFKD').replace(/\p{M}/gu, '');
  if (plain !== char && /^[ -~]+$/.test(plain)) return Array.from(plain, escapeChar).join('');
  const code = char.codePointAt(0) ?? 0;
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** Longest word of typed text that is not broken. */
const WHOLE = 24;

/** Typed text: fixed width; a long word may break after any 4 characters. */
export function latexCode(text: string): string {
  const words = text.split(' ').map((word) => {
    const chars = Array.from(word);
    if (chars.length <= WHOLE) return apart(chars.map(escapeChar).join(''));
    return apart(chars.map((char, i) => escapeChar(char) + (i % 4 === 3 ? '\\allowbreak{}' : '')).join(''));
  });
  return `\\texttt{${words.join(' ').replace(/ (?= )/g, '~')}}`;
}

/** Prevents TeX ligatures: two hyphens as a dash, two commas or quotes as a quotation mark. */
function apart(escaped: string): string {
  return escaped.replace(/([-,'])(?=\1)/g, '$1{}');
}
