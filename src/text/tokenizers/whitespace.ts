import { member } from '../../core/family.ts';
import { wholeTokens } from './whole-tokens.ts';

// What Python's str.split() separates at. JavaScript's \s lacks the first line and U+0085, and has U+FEFF.
const SPACE = '\t-\r\u001c-\u001f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';
const SEPARATOR = new RegExp(`[${SPACE}]+`, 'u');

/** Whatever stands between white space, punctuation included: `str.split()` of Python. */
export const whitespace = member({
  type: 'whitespace',
  summary: "splits at white space only, like Python's str.split(); punctuation stays on the words",
  options: {},
  create: () =>
    wholeTokens({
      split(text) {
        const tokens = text.split(SEPARATOR);
        if (tokens.at(-1) === '') tokens.pop();
        if (tokens[0] === '') tokens.shift();
        return tokens;
      },
      pattern: `[^${SPACE}]+`,
    }),
});
