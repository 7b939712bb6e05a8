/** The beginning of a text on one line, at most `most` characters of it, three dots where it goes on. */
export function beginning(text: string, most: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length > most ? `${characters.slice(0, most - 3).join('')}...` : line;
}
