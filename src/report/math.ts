/**
 * Formulas: a small part of LaTeX, written as MathML, which browsers draw themselves. It knows letters, numbers, the
 * usual signs, `_`, `^`, groups in braces, `\frac`, accents, `\mathrm` and the names below; anything else is refused.
 */
import { invariant } from '../core/errors.ts';
import { escapeHtml } from './html-text.ts';

const SIGNS: Readonly<Record<string, string>> = {
  '\\odot': '⊙',
  '\\in': '∈',
  '\\cdot': '·',
  '\\times': '×',
  '\\sum': '∑',
  '\\dots': '…',
  '\\le': '≤',
  '\\ge': '≥',
  '\\ne': '≠',
  '\\top': '⊤',
  '\\lVert': '‖',
  '\\rVert': '‖',
  '\\;': ' ',
};
const LETTERS: Readonly<Record<string, string>> = {
  '\\alpha': 'α',
  '\\beta': 'β',
  '\\gamma': 'γ',
  '\\delta': 'δ',
  '\\epsilon': 'ϵ',
  '\\eta': 'η',
  '\\theta': 'θ',
  '\\lambda': 'λ',
  '\\mu': 'μ',
  '\\pi': 'π',
  '\\rho': 'ρ',
  '\\sigma': 'σ',
  '\\tau': 'τ',
  '\\phi': 'ϕ',
  '\\omega': 'ω',
  '\\ell': 'ℓ',
  '\\partial': '∂',
};
const FUNCTIONS = ['\\tanh', '\\max', '\\log', '\\exp'];
const ACCENTS: Readonly<Record<string, string>> = {
  '\\overrightarrow': '→',
  '\\overleftarrow': '←',
  '\\tilde': '~',
  '\\hat': '^',
};

/** A formula as a `<math>` element. */
export function mathml(formula: string, { display = false }: { readonly display?: boolean } = {}): string {
  const tokens: readonly string[] = formula.match(/\\[a-z]+|\\.|\d+(?:\.\d+)?|\S/gi) ?? [];
  let at = 0;
  const group = (): string => {
    if (tokens[at] !== '{') return atom();
    at++;
    const inside = row('}');
    at++;
    return `<mrow>${inside}</mrow>`;
  };
  const atom = (): string => {
    const token = tokens[at++];
    invariant(token !== undefined, `the formula ${formula} is whole`);
    if (token === '{') {
      at--;
      return group();
    }
    if (token in LETTERS) return `<mi>${LETTERS[token]}</mi>`;
    if (token in SIGNS) return token === '\\;' ? '<mspace width="1em"/>' : `<mo>${SIGNS[token]}</mo>`;
    if (FUNCTIONS.includes(token)) return `<mi>${token.slice(1)}</mi><mo>&#x2061;</mo>`;
    if (token in ACCENTS) return `<mover accent="true">${group()}<mo>${ACCENTS[token]}</mo></mover>`;
    if (token === '\\frac') return `<mfrac>${group()}${group()}</mfrac>`;
    if (token === '\\mathrm') {
      const end = tokens.indexOf('}', at);
      const word = tokens.slice(at + 1, end).join('');
      at = end + 1;
      return `<mi mathvariant="normal">${escapeHtml(word)}</mi>`;
    }
    invariant(!token.startsWith('\\'), `${token} is a known part of formulas`);
    if (/^\d/.test(token)) return `<mn>${token}</mn>`;
    if (/^\p{L}$/u.test(token)) return `<mi>${token}</mi>`;
    return `<mo>${token === '-' ? '−' : escapeHtml(token)}</mo>`;
  };
  const row = (end?: string): string => {
    const parts: string[] = [];
    while (at < tokens.length && tokens[at] !== end) {
      const base = atom();
      let [sub, sup]: (string | undefined)[] = [];
      while (tokens[at] === '_' || tokens[at] === '^') {
        if (tokens[at++] === '_') sub = group();
        else sup = group();
      }
      parts.push(scripts(base, sub, sup));
    }
    return parts.join('');
  };
  const body = row();
  return `<math${display ? ' display="block"' : ''}><mrow>${body}</mrow></math>`;
}

function scripts(base: string, sub: string | undefined, sup: string | undefined): string {
  const one = `<mrow>${base}</mrow>`;
  if (sub !== undefined && sup !== undefined) return `<msubsup>${one}${sub}${sup}</msubsup>`;
  if (sub !== undefined) return `<msub>${one}${sub}</msub>`;
  return sup === undefined ? base : `<msup>${one}${sup}</msup>`;
}
