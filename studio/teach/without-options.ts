/**
 * A message of the library without the options of the command line, which this page has not: those in parentheses,
 * clauses after a semicolon, and what else could be done with one.
 */
export function withoutOptions(message: string): string {
  return message.replace(/ \(--[\w-]+\)|; [^;:.]*--[\w.-]*\w[^;:.]*|, or [^,;:.]*--[\w.-]*\w[^,;:.]*/g, '');
}
