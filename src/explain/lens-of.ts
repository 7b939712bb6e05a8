/** The lens for each kind of model. */
import type { Inside } from '../classifier/inside.ts';
import { ensembleLens } from './ensemble-lens.ts';
import { fittedLens } from './fitted-lens.ts';
import type { Lens } from './lens.ts';
import { sessionLens } from './session-lens.ts';

/** The view of a text by a model. */
export function lensOf(inside: Inside, text: string, classes: number): Lens {
  switch (inside.kind) {
    case 'session':
      return sessionLens(inside, text, classes);
    case 'fitted':
      return fittedLens(inside, text, classes);
    case 'ensemble':
      return ensembleLens(
        inside.members.map(({ model, ...rest }) => ({ ...rest, lens: lensOf(model, text, classes) })),
        text,
        classes,
      );
    default:
      return inside satisfies never;
  }
}
