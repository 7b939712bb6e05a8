/** One record of a CSV file (RFC 4180), with its line end: fields are quoted where they need it. */
export function csvLine(fields: readonly (string | number)[]): string {
  const line = fields.map((field) => {
    const text = String(field);
    return /[",\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  // quoted: a single empty field would be a blank line, which readers skip
  return `${line.length === 1 && line[0] === '' ? '""' : line.join(',')}\n`;
}
