/** Makes text from outside (labels, documents, names of files and keys) safe to show on a terminal. */

/** Control characters (C0, DEL, C1), line and paragraph separators, and bidirectional controls. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069';
const ANY = new RegExp(`[${CONTROLS}]`, 'g');
const BUT_LINES = new RegExp(`(?![\\n\\t])[${CONTROLS}]`, 'g');

/** The replacement for such a character. */
const REPLACEMENT = '\ufffd';

/** Text on one line: each control character, line end and change of direction becomes U+FFFD. */
export function printable(text: string): string {
  return text.replace(ANY, REPLACEMENT);
}

/** As {@link printable}, but keeps line ends and tabs. */
export function printableLines(text: string): string {
  return text.replace(BUT_LINES, REPLACEMENT);
}
