/** Makes examples/tickets.csv: invented support mails of four kinds, for the guide and its tests. */
import { writeFileSync } from 'node:fs';
import { createRng } from '../src/core/rng.ts';

const things = [
  'headphones',
  'lamp',
  'jacket',
  'kettle',
  'backpack',
  'keyboard',
  'tent',
  'blender',
  'watch',
  'chair',
];
const days = [
  'Monday',
  'Tuesday',
  'last week',
  'two weeks ago',
  'yesterday',
  'on Friday',
  'in March',
  'this morning',
];
const openings = [
  'Hello,',
  'Hi there,',
  'Good morning,',
  'Dear team,',
  '',
  'To whom it may concern,',
  'Hey,',
];
const closings = [
  'Thanks!',
  'Please help.',
  'Kind regards',
  'Waiting for your answer.',
  '',
  'Can you look into it?',
  'Best wishes',
];

/** Sentences a kind of mail is made of; THING, DAY and NUMBER are filled in. */
const kinds: Record<string, readonly string[]> = {
  billing: [
    'I was charged twice for the THING on my card.',
    'The invoice NUMBER shows the wrong amount.',
    'Your refund of NUMBER euros has not reached my bank account.',
    'Why is there a fee of NUMBER on my statement?',
    'The discount code was not taken off the price of the THING.',
    'I need a receipt with the company name for the payment from DAY.',
  ],
  delivery: [
    'The parcel with my THING has not arrived since DAY.',
    'Tracking says delivered, but nobody brought the THING.',
    'The courier left the box in the rain.',
    'Can you send order NUMBER to another address?',
    'My THING was meant to come DAY and is still on the way.',
    'When will the package NUMBER leave your warehouse?',
  ],
  account: [
    'I cannot log in any more since DAY.',
    'The password reset mail never comes.',
    'Please change the email of my account.',
    'My profile shows the orders of somebody else.',
    'The app asks for a code NUMBER times and then locks me out.',
    'I want to delete my account and all data.',
  ],
  returns: [
    'The THING broke after one day and I want to send it back.',
    'How do I return a THING that does not fit?',
    'I exchanged the THING DAY, but got the same wrong colour.',
    'The return label for order NUMBER cannot be printed.',
    'The THING is smaller than in the picture, I do not want to keep it.',
    'You received my returned THING DAY, is it accepted?',
  ],
};

const rng = createRng(7);
const pick = <T>(items: readonly T[]): T => items[rng.int(items.length)];
const fill = (sentence: string) =>
  sentence
    .replaceAll('THING', () => pick(things))
    .replaceAll('DAY', () => pick(days))
    .replaceAll('NUMBER', () => String(10 + rng.int(90)));

const every = Object.values(kinds).flat();
const rows = Object.entries(kinds).flatMap(([kind, sentences]) =>
  Array.from({ length: 60 }, () => {
    // people write about two things at once: a quarter of the second sentences are about anything
    const second = [[], sentences, sentences, every][rng.int(4)];
    const both = [fill(pick(sentences)), second.length > 0 ? fill(pick(second)) : ''];
    const parts = [pick(openings), ...rng.shuffle(both), pick(closings)];
    return `"${parts.filter((part) => part !== '').join(' ')}",${kind}`;
  }),
);
rng.shuffle(rows);
writeFileSync(new URL('tickets.csv', import.meta.url), ['text,queue', ...rows].join('\n') + '\n');
