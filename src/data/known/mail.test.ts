import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailText, withoutListFooter, withoutListTag } from './mail.ts';

const mail = (lines: readonly string[], encoding: BufferEncoding = 'utf8') =>
  mailText(Buffer.from(lines.join('\r\n'), encoding));

test('subject and body are kept, the other headers are not', async () => {
  const text = await mail([
    'From: someone@example.com',
    'List-Id: <ilug.linux.ie>',
    'X-Spam-Status: Yes',
    'Subject: Re: [ILUG] The meeting',
    '',
    'See you there.',
    '',
    '',
    '',
    'Bye',
  ]);
  assert.equal(text, 'Re: The meeting\n\nSee you there.\n\nBye');
});

test('of several parts the plain one; HTML becomes text without addresses of links', async () => {
  const html =
    '<html><head><style>p{}</style></head><body><h1>Offer</h1><p>Click <a href="http://x.example">here</a> &amp; <b>now</b></p><img src="a.gif"><script>no()</script></body></html>';
  assert.equal(
    await mail(['Subject: Hi', 'Content-Type: text/html', '', html]),
    'Hi\n\nOffer\n\nClick here & now',
  );
  const both = await mail([
    'Subject: Hi',
    'Content-Type: multipart/alternative; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'plain words',
    '--b',
    'Content-Type: text/html',
    '',
    html,
    '--b--',
  ]);
  assert.equal(both, 'Hi\n\nplain words');
});

test('encodings of header and body', async () => {
  assert.equal(
    await mail([
      'Subject: =?iso-8859-1?Q?Caf=E9?=',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('naïve').toString('base64'),
    ]),
    'Café\n\nnaïve',
  );
  assert.equal(
    await mail(['Subject: x', 'Content-Type: text/plain; charset=iso-8859-1', '', 'caf\u00e9'], 'latin1'),
    'x\n\ncafé',
  );
});

test("a list's tag is removed, other brackets are not", () => {
  assert.equal(withoutListTag('[ILUG] hello'), 'hello');
  assert.equal(withoutListTag('Re: [Razor-users] Re: problem'), 'Re: Re: problem');
  assert.equal(withoutListTag('FW: [SA] [OT] problem'), 'FW: problem');
  assert.equal(withoutListTag('[ILUG] Re: [ILUG] problem'), 'Re: problem');
  assert.equal(withoutListTag('Re[2]: [WM][OT] x'), 'Re[2]: x');
  assert.equal(withoutListTag('array [2 of] x'), 'array [2 of] x');
});

test("a list's footer is removed, a signature is not", () => {
  const footer =
    '_______________________________________________\nRazor-users mailing list\nhttps://lists.example/mailman/listinfo/razor-users';
  const sponsor =
    '-------------------------------------------------------\nThis sf.net email is sponsored by: someone\nhttp://ads.example';
  assert.equal(withoutListFooter(`text\n\n\n${sponsor}\n${footer}\n`), 'text');
  assert.equal(
    withoutListFooter(
      "text\n-- \nIrish Linux Users' Group\nhttp://www.linux.ie/mailman/listinfo/ilug for (un)subscription",
    ),
    'text',
  );
  assert.equal(
    withoutListFooter('text\n-- \nJane\nhttp://jane.example'),
    'text\n-- \nJane\nhttp://jane.example',
  );
  const longer = `text\n____________________\n${'more\n'.repeat(30)}on a mailing list`;
  assert.equal(withoutListFooter(longer), longer);
});
