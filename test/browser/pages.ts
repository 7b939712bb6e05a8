/** What the tests of browsers share: where a browser is, and a loopback server for their pages. */
import { accessSync, constants } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of the first program of these names on the PATH, in /usr/bin or in one of `places`. */
export function findProgram(names: readonly string[], places: readonly string[]): string | undefined {
  const all = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', ...places];
  return all.flatMap((place) => names.map((name) => join(place, name))).find(executable);
}

/** The type of a file that a test's server gives, by its ending; files of a model count as scripts do. */
export function contentType(path: string): string {
  if (path.endsWith('.html')) return 'text/html; charset=utf-8';
  return path.endsWith('.css') ? 'text/css' : 'text/javascript';
}

/** Only what the page itself says may run: WebAssembly yes, `eval` no. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/** A server on loopback. */
export interface PageServer {
  /** Of the page. */
  readonly address: string;
  readonly server: Server;
}

/** Serves these files and a page that loads one of them as its script; `onPost` answers what the page posts. */
export function servePage(
  files: ReadonlyMap<string, Uint8Array>,
  script: string,
  onPost?: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<PageServer> {
  const page = `<!doctype html><title>Same bits</title><script type="module" src="${script}"></script>`;
  const server = createServer((request, response) => {
    if (onPost && request.method === 'POST') {
      void onPost(request, response);
      return;
    }
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    const content = name === 'index.html' ? page : files.get(name);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': contentType(name),
      'content-security-policy': POLICY,
    });
    response.end(content ?? '');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    });
  });
}
