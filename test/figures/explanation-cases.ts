/** Explanations that figures have trouble with, beside ordinary ones. */
import type { Sources } from '../../src/figures/index.ts';

const WORDS = ['my', 'parcel', 'has', 'not', 'arrived', 'yet', ',', 'where', 'is', 'it', '?'];

/** Weights that rise and fall, some of them against the class. */
const tokensOf = (count: number, words: readonly string[] = WORDS) =>
  Array.from({ length: count }, (_, t) => ({
    text: words[t % words.length],
    weight: 0.4 * Math.cos(1.7 * t) * 0.98 ** Math.abs(t - count / 2),
  }));

const awkward = ['<b>', '\u0007', '体育新闻', '', 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft', '🇨🇭']; // prettier-ignore

const explained = (
  documents: NonNullable<Sources['explained']>['documents'],
  method: NonNullable<Sources['explained']>['method'] = 'integrated-gradients',
): Sources => ({ explained: { method, documents } });

const classWords = (labels: readonly string[], words: number): Sources => ({
  class_words: {
    ...{ documents: 100, method: 'weights' as const },
    classes: labels.map((label, c) => ({
      ...{ label, documents: 20 + c },
      words: Array.from({ length: words }, (_, k) => ({
        word: [...WORDS, ...awkward.filter((word) => word !== '')][(k + c) % 16],
        weight: 0.3 / (1 + k / 3),
        documents: 12 - k,
      })),
    })),
  },
});

/** A unit that opens and closes along a text. */
function unit(tokens: readonly string[], rest: Partial<NonNullable<Sources['gates']>> = {}): Sources {
  const values = (scale: number, shift: number, signed: boolean) =>
    tokens.map((_, t) => scale * Math.sin(t / 2 + shift) + (signed ? 0 : 0.5));
  return {
    gates: {
      ...{
        network: 'LSTM',
        unit: 3,
        units: 128,
        layer: 1,
        layers: 1,
        label: 'delivery',
        probability: 0.93,
        tokens,
      },
      series: [
        { name: 'input gate', symbol: 'i', signed: false, values: values(0.5, 0, false) },
        { name: 'forget gate', symbol: 'f', signed: false, values: values(0.4, 1, false) },
        { name: 'output gate', symbol: 'o', signed: false, values: values(0.3, 2, false) },
        { name: 'candidate', symbol: 'g', signed: true, values: values(1, 3, true) },
        { name: 'cell state', symbol: 'c', signed: true, values: values(3, 4, true) },
        { name: 'hidden state', symbol: 'h', signed: true, values: values(0.8, 5, true) },
      ],
      ...rest,
    },
  };
}

const through = (curves: Readonly<Record<string, readonly number[]>>, documents = 20): Sources => ({
  through_time: {
    ...{ network: Object.keys(curves).length > 1 ? 'BiLSTM' : 'LSTM', documents },
    curves: Object.entries(curves).map(([direction, norms]) => ({
      ...{ direction, norms },
      texts: norms.map((_, back) => Math.max(1, documents - back)),
    })),
  },
});

const fading = (rate: number, steps: number) => Array.from({ length: steps }, (_, back) => rate ** back);

/** By the name of the case. */
export const explanationCases: Readonly<Record<string, Sources>> = {
  explained: {
    ...explained([
      {
        actual: 'delivery',
        predicted: 'delivery',
        label: 'delivery',
        probability: 0.97,
        tokens: tokensOf(11),
      },
      {
        actual: 'billing',
        predicted: 'delivery',
        label: 'delivery',
        probability: 0.61,
        tokens: tokensOf(40),
      },
      { predicted: 'delivery', label: 'billing', probability: 0.03, tokens: tokensOf(7) },
    ]),
    ...classWords(['delivery', 'billing', 'account'], 10),
    deletion: {
      ...{ documents: 100, counts: [1, 2, 3, 5, 10, 20], probability: 0.96 },
      attributed: [0.9, 0.84, 0.77, 0.65, 0.42, 0.3],
      random: [0.958, 0.957, 0.955, 0.95, 0.94, 0.9],
    },
    ...unit(WORDS),
    ...through({ 'reads from the beginning': fading(0.9, 60), 'reads from the end': fading(0.7, 60) }),
  },
  'explained-empty': {
    ...explained([]),
    class_words: { documents: 0, method: 'occlusion', classes: [{ label: 'a', documents: 0, words: [] }] },
    deletion: { documents: 0, counts: [1], probability: 0, attributed: [0], random: [0] },
    ...unit([]),
    ...through({}, 0),
  },
  'explained-long': {
    ...explained(
      [
        {
          predicted: '<script>',
          label: '<script>',
          probability: 1,
          tokens: tokensOf(400, [...WORDS, ...awkward]),
        },
      ],
      'attention',
    ),
    ...classWords(
      Array.from({ length: 40 }, (_, c) => `intent ${c}`),
      6,
    ),
    ...unit(
      Array.from({ length: 90 }, (_, t) => [...WORDS, ...awkward][t % 17]),
      { layer: 2, layers: 3, reverse: true },
    ),
    ...through({ 'reads from the beginning': fading(0.5, 400) }),
  },
  'explained-none': {
    ...explained(
      [{ predicted: 'a', label: 'a', probability: 0.5, tokens: [{ text: 'x', weight: 0 }] }],
      'occlusion',
    ),
    ...unit(['x'], {
      network: 'RNN',
      series: [{ name: 'hidden state', symbol: 'h', signed: true, values: [0] }],
    }),
    ...through({ 'reads from the beginning': [1] }, 1),
  },
};
