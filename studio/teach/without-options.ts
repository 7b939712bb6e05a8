/**
 * A message of the library without the options of the command line, which this page has not: those in parentheses,
 * and clauses after a semicolon.
 */
export function withoutOptions(message: string): string {
  return message.replace(/ \(--[\w-]+\)|; [^;:.]*--[\w.-]*\w[^;:.]*/g, '');
}
