/**
 * Colours, light and dark. The four series are darker and lighter versions of Okabe and Ito's palette (2008), which
 * is safe for colour-blind readers; dash, marker and hatching repeat the difference for print in grey.
 */

/** The name of a theme. */
export type ThemeName = 'light' | 'dark';

/** The colours of a theme, `#rrggbb`. */
export interface Theme {
  /** `light` or `dark`. */
  readonly name: ThemeName;
  /** Background of the whole figure, as `#rrggbb` like all colours here. */
  readonly background: string;
  /** Titles and labels. */
  readonly text: string;
  /** Subtitles, tick labels. */
  readonly quiet: string;
  /** Axis lines and ticks. */
  readonly axis: string;
  /** Lines across a plot. */
  readonly grid: string;
  /** Fill of boxes and of empty areas. */
  readonly panel: string;
  /** Warnings beneath a figure. */
  readonly warning: string;
  /** Colours of the series; dash and marker differ too. */
  readonly series: readonly string[];
  /** Ends of the heat map's scale, from 0 to 1. */
  readonly heat: readonly [low: string, high: string];
}

/** Both looks. */
export const themes: Readonly<Record<ThemeName, Theme>> = {
  light: {
    name: 'light',
    background: '#ffffff',
    text: '#1a1c20',
    quiet: '#50555e',
    axis: '#6b717c',
    grid: '#e3e5e9',
    panel: '#f2f4f7',
    warning: '#8a4b00',
    series: ['#0067a8', '#c24a00', '#00735a', '#9a3d78'],
    heat: ['#f3f7fb', '#08396b'],
  },
  dark: {
    name: 'dark',
    background: '#14161a',
    text: '#f1f2f4',
    quiet: '#b3b9c3',
    axis: '#8b929e',
    grid: '#2c3038',
    panel: '#1f232a',
    warning: '#f2b45c',
    series: ['#62b5ee', '#f0a33b', '#35c79b', '#e592c4'],
    heat: ['#1c2530', '#a9d8ff'],
  },
};

/** Dash pattern of each series: solid, dashed, dotted, dash-dot. */
export const DASHES = ['', '6 3', '1.5 2.5', '7 2.5 1.5 2.5'] as const;

/** Red, green and blue of `#rrggbb`, 0 to 255. */
export function channels(colour: string): readonly [number, number, number] {
  const bits = Number.parseInt(colour.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/** The colour a proportion `t` in [0, 1] of the way between two colours. */
export function mixColours(from: string, to: string, t: number): string {
  const a = channels(from);
  const b = channels(to);
  const mixed = a.map((value, i) => Math.round(value + (b[i] - value) * Math.min(Math.max(t, 0), 1)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance by WCAG 2, in [0, 1]. */
export function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((value) => {
    const proportion = value / 255;
    return proportion <= 0.04045 ? proportion / 12.92 : ((proportion + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours by WCAG 2, from 1 to 21; text needs 4.5, marks 3. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever contrasts more with a colour; the contrast is at least 4.5. */
export function inkOn(colour: string): string {
  return contrast(colour, '#000000') >= contrast(colour, '#ffffff') ? '#000000' : '#ffffff';
}
