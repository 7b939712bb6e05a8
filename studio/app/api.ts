/** What the pages ask the studio for. */

/** The secret that our own pages carry. */
const token = document.querySelector<HTMLMetaElement>('meta[name="unroll-token"]')?.content ?? '';

/** An answer that is no success. */
export class ApiError extends Error {}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (response.ok) return value as T;
  const error = (value as { readonly error?: string } | undefined)?.error;
  throw new ApiError(error ?? `the studio answered with ${response.status}`);
}

async function request<T>(address: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch {
    throw new ApiError('the studio does not answer. Is it still running? Start it again with unroll studio.');
  }
  return answer<T>(response);
}

/** A query: lists stand several times, what is undefined is left out. */
export function search(
  values: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as string[]) : [String(value)]) params.append(key, one);
  }
  return params.toString();
}

/** Reads. */
export function get<T>(
  route: string,
  values: Readonly<Record<string, string | number | readonly string[] | undefined>> = {},
): Promise<T> {
  return request<T>(`api/${route}?${search(values)}`);
}

/** Changes something. */
export function post<T>(route: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  return request<T>(`api/${route}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Unroll-Token': token },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** Sends a file. */
export function upload(file: File): Promise<{ readonly path: string }> {
  return request(`api/upload?${search({ name: file.name })}`, {
    method: 'POST',
    headers: { 'X-Unroll-Token': token },
    body: file,
  });
}

/** What an error says. */
export function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
