/** What the texts of e-mails must not hold, since it names the answer. */
import assert from 'node:assert/strict';

/** Asserts that no text holds headers of routes and filters, or begins with the tag of a mailing list. */
export function assertNoGiveaways(texts: readonly string[]): void {
  const headers = texts.filter((text) => /^(received|return-path|x-spam-\w+|list-id):/i.test(text));
  assert.deepEqual(headers, []);
  const tagged = texts.filter((text) => /^(re: )?\[(ILUG|Razor-users|SAtalk)\]/i.test(text));
  assert.deepEqual(tagged, []);
}
