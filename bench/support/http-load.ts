/** Load on a web server: connections that each send the next request when the last one is answered, over plain sockets. */
import { connect, type Socket } from 'node:net';
import { quantile } from './statistics.ts';

/** A request, and how its answer is judged. */
export interface Sent {
  readonly body: string;
  /** Whether an answer with status 200 is right. */
  readonly right: (body: string) => boolean;
}

/** What a turn of load came to. */
export interface LoadResult {
  /** Right answers a second. */
  readonly perSecond: number;
  /** Latencies in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
  /** Answers that were wrong, or had another status. */
  readonly wrong: number;
  /** Connections that broke, or requests that got no answer. */
  readonly lost: number;
}

interface Turn {
  readonly sent: readonly Sent[];
  readonly requests: readonly Buffer[];
  readonly latencies: number[];
  next: number;
  wrong: number;
  lost: number;
  over: boolean;
}

/** Sends requests over `connections` for `seconds`; what is under way at the end is waited for, and counts. */
export async function loadOf(
  port: number,
  path: string,
  sent: readonly Sent[],
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<LoadResult> {
  const requests = sent.map(({ body }) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const turn: Turn = { sent, requests, latencies: [], next: 0, wrong: 0, lost: 0, over: false };
  const began = performance.now();
  const all = Array.from({ length: connections }, () => converse(port, turn));
  const timer = setTimeout(() => {
    turn.over = true;
  }, seconds * 1000);
  await Promise.all(all);
  clearTimeout(timer);
  const took = (performance.now() - began) / 1000;
  const { latencies, wrong, lost } = turn;
  const at = (p: number) => (latencies.length > 0 ? quantile(latencies, p) : NaN);
  const answers = latencies.length;
  return { perSecond: (answers - wrong) / took, p50: at(0.5), p99: at(0.99), answers, wrong, lost };
}

/** One connection, from its first request to its last answer. */
function converse(port: number, turn: Turn): Promise<void> {
  return new Promise((resolve) => {
    let [waiting, since, text] = [-1, 0, ''];
    const end = (socket: Socket) => {
      if (waiting >= 0) turn.lost++;
      waiting = -1;
      socket.destroy();
      resolve();
    };
    const send = (socket: Socket) => {
      if (turn.over) {
        end(socket);
        return;
      }
      waiting = turn.next++ % turn.requests.length;
      since = performance.now();
      socket.write(turn.requests[waiting]);
    };
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('connect', () => {
      send(socket);
    });
    socket.on('data', (part: string) => {
      text += part;
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? NaN);
      if (text.length < head + 4 + length) return;
      turn.latencies.push(performance.now() - since);
      const body = Buffer.from(text.slice(head + 4), 'latin1').toString();
      if (!text.startsWith('HTTP/1.1 200') || !turn.sent[waiting].right(body)) turn.wrong++;
      [text, waiting] = ['', -1];
      send(socket);
    });
    socket.on('error', () => {
      end(socket);
    });
    socket.on('close', () => {
      end(socket);
    });
  });
}
