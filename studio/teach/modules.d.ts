/** The script of the exported page as text; `scripts/build-studio.ts` makes it. */
declare module 'virtual:exported-page' {
  export const script: string;
}
