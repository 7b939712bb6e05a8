/** A web server in Node with a graceful stop: accepted requests are answered first. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { ConfigError } from '../../core/errors.ts';

/** What to serve, and where. */
export interface StartOptions {
  /** Answers a request: `app.fetch` of Hono. */
  readonly fetch: (request: Request, env: unknown) => Response | Promise<Response>;
  /** The address to listen on: `127.0.0.1` for this machine only, `0.0.0.0` for all. */
  readonly host: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
}

/** A server that listens. */
export interface RunningServer {
  /** The port. */
  readonly port: number;
  /** Its address for people and browsers, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Whether it is about to stop. */
  readonly draining: () => boolean;
  /**
   * Stops: accepted requests are answered, then all connections are closed.
   * @param graceMs Longest wait for answers, in milliseconds; then they are cut off.
   * @returns How many requests were cut off.
   */
  stop(graceMs: number): Promise<number>;
}

/** A request must be complete after this time, in ms, so that slow clients do not hold connections. */
const REQUEST_MS = 60_000;
/** A connection without a request is closed after this time, in ms; longer than the 60 s of most load balancers. */
const IDLE_MS = 65_000;
/** Time in ms, after the last answer, for clients with open connections to notice that the server stops. */
const LINGER_MS = 1000;
/** Time in ms for a client whose connection was closed to open another, on which it hears that the server stops. */
const AGAIN_MS = 50;

/**
 * Begins to listen.
 * @throws ConfigError where the port is taken or may not be used, or the address is not one of this machine
 */
export async function startServer({ fetch, host, port }: StartOptions): Promise<RunningServer> {
  const answering = new Set<ServerResponse>();
  const connections = new Set<Socket>();
  let draining = false;
  const handle = getRequestListener(fetch, {
    overrideGlobalObjects: false,
    errorHandler: refuseUnreadable,
  });
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    answering.add(outgoing);
    outgoing.once('close', () => answering.delete(outgoing));
    if (draining) outgoing.shouldKeepAlive = false;
    void handle(incoming, outgoing);
  };
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, keepAliveTimeout: IDLE_MS },
    listener,
  );
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    port: address.port,
    url: `http://${shown}:${address.port}`,
    draining: () => draining,
    async stop(graceMs) {
      draining = true;
      for (const outgoing of answering) outgoing.shouldKeepAlive = false;
      const cut = await allClosed(answering, graceMs);
      // requests from now on are refused, and their connection is closed; whose connection was closed may come again
      for (let ms = Math.min(LINGER_MS, graceMs); ms > 0 && connections.size > 0; ms -= AGAIN_MS)
        await sleep(AGAIN_MS);
      const closed = new Promise((resolve) => server.close(resolve));
      await allClosed(answering, Math.min(LINGER_MS, graceMs));
      server.closeAllConnections();
      await closed;
      return cut;
    },
  };
}

/** Waits at most `ms` until all current answers or connections are closed; returns how many are not. */
async function allClosed(open: ReadonlySet<ServerResponse | Socket>, ms: number): Promise<number> {
  const due = [...open].filter((one) => !one.closed);
  const all = Promise.all(due.map((one) => new Promise((resolve) => one.once('close', resolve))));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([all, late]);
  clearTimeout(timer);
  return due.filter((one) => !one.closed).length;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(listenError(cause, host, port));
    });
    server.listen({ host, port, backlog: 1024 }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): ConfigError {
  const at = `[--port ${port}]`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `${at} the port must be free, but another program listens on it. Stop that, or give another port; --port 0 takes any that is free.`,
        { cause },
      );
    case 'EACCES':
      return new ConfigError(
        `${at} the port must be one that you may listen on, but it is reserved. Give one from 1024, such as --port 8080.`,
        { cause },
      );
    default:
      return new ConfigError(
        `[--host ${host}] the address must be one of this machine, but the server cannot listen there (${cause.code ?? cause.message}). Give 127.0.0.1 for this machine alone, or 0.0.0.0 for all its addresses.`,
        { cause },
      );
  }
}

/** Answers a request that is not valid HTTP, such as one with a malformed address. */
function refuseUnreadable(): Response {
  const error = '[request] the address and the Host header must be well formed, but are not. Check the URL.';
  return new Response(JSON.stringify({ error }), {
    status: 400,
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
  });
}
