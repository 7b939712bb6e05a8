/** The text of an e-mail, as a person reads it. */
import { compile } from 'html-to-text';
import PostalMime from 'postal-mime';

const htmlToText = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    // headings stay in their own case: capitals are a sign of spam
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
  limits: { maxInputLength: 4_000_000 },
});

/**
 * Subject and body of a raw message. All other headers are left out: they name the mailing list, the route and the
 * filters that a message went through, and with them the answer. For the same reason the list's tag at the start
 * of the subject ("[ILUG] ") and the list's footer are removed.
 */
export async function mailText(raw: Uint8Array): Promise<string> {
  const mail = await PostalMime.parse(raw);
  const plain = mail.text?.trim() ? mail.text : mail.html ? htmlToText(mail.html) : '';
  const body = withoutListFooter(plain.replaceAll('\r\n', '\n').trim()).replace(/\n{3,}/g, '\n\n');
  return [withoutListTag(mail.subject ?? ''), body].filter((part) => part !== '').join('\n\n');
}

const SUBJECT_START = /^(?:(?:re|fwd?|aw|sv)(?:\[\d+\])?:\s*|\[[\w .:-]{2,40}\]\s*)+/i;
const TAG = /(?<=^|[\s\]])\[[\w .:-]{2,40}\]\s*/g;

/** "Re: [ILUG] Kernel" and "[ILUG] Re: Kernel" become "Re: Kernel". */
export function withoutListTag(subject: string): string {
  return subject.trim().replace(SUBJECT_START, (start) => start.replace(TAG, ''));
}

const SEPARATOR = /^(?:_{10,}|-{10,}|--|-+ ?Yahoo! Groups Sponsor ?-+~-->)\s*$/;
const LIST_WORDS = /mailing list|\/listinfo\/|sponsored by|Yahoo! Groups|groups\.yahoo\.com/i;
const LONGEST_FOOTER = 16; // lines

/** Removes blocks at the end that a mailing list added: a separator line, then a few lines that speak of the list. */
export function withoutListFooter(text: string): string {
  let lines = text.split('\n');
  for (;;) {
    const start = lines.findLastIndex(
      (line, i) => SEPARATOR.test(line) && i >= lines.length - LONGEST_FOOTER,
    );
    if (start === -1) break;
    if (!LIST_WORDS.test(lines.slice(start).join('\n'))) break;
    lines = lines.slice(0, start);
    while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  }
  return lines.join('\n').trim();
}
