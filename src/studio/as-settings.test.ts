import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSettings } from './as-settings.ts';

test('options about data become settings; commands and other dashes stay', () => {
  for (const [told, expected] of [
    ['Name it with --text-col.', 'Name it with data.text_col.'],
    ['read it with --encoding windows-1252.', 'read it with data.encoding windows-1252.'],
    ['override with --data.format, --header', 'override with data.format, data.header'],
    ['kept; --allow-leakage ignores copies', 'kept; data.allow_leakage ignores copies'],
    ['Resume it: unroll train -o a --resume', 'Resume it: unroll train -o a --resume'],
    ['Use unroll train --model linear.', 'Use unroll train --model linear.'],
    ['a--header', 'a--header'],
  ])
    assert.equal(asSettings(told), expected);
});
