/** Which page is shown: the part of the address behind #, so that one file serves all. */

/** A place in the studio. */
export interface Route {
  /** Such as `run`. */
  readonly page: string;
  readonly query: URLSearchParams;
}

function read(): Route {
  const [page, query] = location.hash.replace(/^#\/?/, '').split('?');
  return { page: page === '' ? 'overview' : page, query: new URLSearchParams(query ?? '') };
}

let current = $state.raw(read());
addEventListener('hashchange', () => {
  current = read();
});

/** The page that is shown. */
export function route(): Route {
  return current;
}

/** The address of a page. */
export function link(
  page: string,
  values: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    for (const one of typeof value === 'string' ? [value] : value) params.append(key, one);
  const query = params.toString();
  return `#/${page === 'overview' ? '' : page}${query === '' ? '' : `?${query}`}`;
}

/** Goes to a page. */
export function go(page: string, values: Readonly<Record<string, string | readonly string[]>> = {}): void {
  location.hash = link(page, values);
}
