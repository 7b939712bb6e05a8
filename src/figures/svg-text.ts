/** The elements of a drawing as text: attributes and escapes, as `Drawing` writes them. */

/** Attributes by name. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** The attributes in the tag of an element. */
export function attributesOf(text: string): Attributes {
  return Object.fromEntries(
    Array.from(text.matchAll(/([\w:-]+)="([^"]*)"/g), ([, name, value]) => [name, unescapeXml(value)]),
  );
}

/** Text without the escapes of XML. */
export function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
