/**
 * The description of a part of a network as plain data: reports write the equations, figures draw the boxes. The
 * formulas are in the part of LaTeX that `src/report/math.ts` knows, and in the symbols of the code beside them.
 */

/** Running text; formulas apart. */
export type DescriptionText = readonly (string | { readonly math: string })[];

/** A paragraph, or displayed formulas, one a line. */
export type EquationBlock =
  | { readonly kind: 'paragraph'; readonly text: DescriptionText }
  | { readonly kind: 'equations'; readonly lines: readonly string[] };

/** A setting in words with its value: `weight decay`, 0.01. */
export type NamedSetting = readonly [name: string, value: number | string];

/** The settings whose value is a number other than 0, or a word. */
export function settingsOf(values: Readonly<Record<string, number | string | null>>): NamedSetting[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null || value === 0 ? [] : [[name, value] as const],
  );
}
