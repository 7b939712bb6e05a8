/** Text from elsewhere (labels, documents, names of files and keys) without what could drive the terminal that shows it. */

/** Control characters (C0, DEL, C1), line and paragraph separators, and what turns the direction of writing. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069';
const ANY = new RegExp(`[${CONTROLS}]`, 'g');
const BUT_LINES = new RegExp(`(?![\\n\\t])[${CONTROLS}]`, 'g');

/** What stands for a character that is not shown. */
const REPLACEMENT = '\ufffd';

/** Text on one line: each control character, line end and change of direction becomes U+FFFD. */
export function printable(text: string): string {
  return text.replace(ANY, REPLACEMENT);
}

/** As {@link printable}, but line ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(BUT_LINES, REPLACEMENT);
}
