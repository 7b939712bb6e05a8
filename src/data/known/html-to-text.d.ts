/** The part of html-to-text that is used here; the package has no types of its own. */
declare module 'html-to-text' {
  interface Selector {
    selector: string;
    format?: string;
    options?: Record<string, unknown>;
  }
  export function compile(options: {
    wordwrap?: number | false;
    selectors?: Selector[];
    limits?: { maxInputLength?: number };
  }): (html: string) => string;
}
