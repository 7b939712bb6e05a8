/** Which names a server answers to, and which pages may call it. */

/** Names for the local machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whether only this machine can reach an address that a server listens on. */
export function isLoopback(host: string): boolean {
  return host === '::1' || LOOPBACK.includes(host.toLowerCase()) || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The name in a `Host` header, in lower case, without the port; undefined if it is invalid. */
export function hostName(header: string | undefined): string | undefined {
  const match = /^(\[[\da-f:.]+\]|[\w.-]+?)\.?(?::\d{1,5})?$/i.exec(header ?? '');
  return match?.[1].toLowerCase();
}

/**
 * Whether a `Host` header names this server. A page on another site may point its own name at 127.0.0.1 (DNS
 * rebinding); its requests then carry that name.
 * @param host The address that the server listens on.
 * @param allowed Additional host names that it answers to, such as that of a reverse proxy.
 */
export function answersTo(
  header: string | undefined,
  host: string,
  allowed: readonly string[] = [],
): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (allowed.some((one) => one.toLowerCase() === name)) return true;
  if (LOOPBACK.includes(name) || isLoopback(name)) return true;
  // a public address may have any name, unless a list is given
  return !isLoopback(host) && allowed.length === 0;
}

/** Whether an `Origin` is the page of this server itself. */
export function isSameOrigin(origin: string, hostHeader: string | undefined): boolean {
  const match = /^https?:\/\/([^/]+)$/i.exec(origin);
  return match !== null && hostHeader !== undefined && match[1].toLowerCase() === hostHeader.toLowerCase();
}
