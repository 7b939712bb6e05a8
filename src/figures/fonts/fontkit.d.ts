/** The part of fontkit that is used here; the package has no types of its own. `font.ts` says what it creates. */
declare module 'fontkit' {
  export function create(bytes: Uint8Array): unknown;
}
