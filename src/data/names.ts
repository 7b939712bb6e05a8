/** Names in quotes, the first ten of them. */
export function listNames(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => JSON.stringify(name.length > 60 ? `${name.slice(0, 57).toWellFormed()}...` : name));
  return names.length > 10 ? `${shown.join(', ')} and ${names.length - 10} more` : shown.join(', ');
}
