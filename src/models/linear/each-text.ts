/** Reading many texts in a way that other work, such as a signal to stop, has its turn. */
import type { TokenizedText } from './ngrams.ts';

/** Called with the proportion done, in [0, 1], and awaited, so that the work can be stopped and other work can run. */
export type FitProgress = (done: number) => void | Promise<void>;

/** After this many characters, progress is reported: well under a second. */
const CHARACTERS_BETWEEN = 250_000;

/** Does `work` for each text, in order. */
export async function eachText(
  texts: readonly TokenizedText[],
  work: (text: TokenizedText, d: number) => void,
  progress: FitProgress = () => undefined,
): Promise<void> {
  let characters = 0;
  for (const [d, text] of texts.entries()) {
    work(text, d);
    characters += text.text.length;
    if (characters < CHARACTERS_BETWEEN) continue;
    characters = 0;
    await progress((d + 1) / texts.length);
  }
}
