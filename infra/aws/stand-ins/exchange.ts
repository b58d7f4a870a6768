import type { Agent, IncomingHttpHeaders } from 'node:http';

/** One call over HTTP. */
export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until it is connected, and until its answer is there; without end unless given. */
  readonly connectionTimeout?: number | undefined;
  readonly requestTimeout?: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer<ArrayBuffer>;
}

/** Node's module for a URL. Importing both would load TLS for those who never use it; by `import`, `fetch` as well. */
const moduleFor = ({ protocol }: URL) =>
  protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');

const agents = new Map<string, Agent>();

/** Connections to hosts of a protocol are kept, and as many as the SDK's own. Loads what they take. */
export function agentFor(url: URL): Agent {
  const agent = agents.get(url.protocol) ?? new (moduleFor(url).Agent)({ keepAlive: true, maxSockets: 50 });
  agents.set(url.protocol, agent);
  return agent;
}

/**
 * Calls, and reads the answer whole; no redirect is followed. Errors: Node's, `TimeoutError` where patience ends, the
 * signal's reason where it is aborted.
 */
export function exchange(call: Call): Promise<Answer> {
  const { url, method, headers, body = '', signal, connectionTimeout, requestTimeout } = call;
  return new Promise((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    const options = { method, headers, agent: agentFor(url), ...(signal === undefined ? {} : { signal }) };
    const request = moduleFor(url).request(url, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', fail);
      response.once('end', () => {
        timers.forEach(clearTimeout);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    const fail = (error: Error): void => {
      timers.forEach(clearTimeout);
      reject(signal?.aborted === true ? (signal.reason as Error) : error);
    };
    const after = (milliseconds: number, what: string): NodeJS.Timeout => {
      const timer = setTimeout(() => {
        const error = new Error(`${url.host} ${what} within ${milliseconds} ms`);
        error.name = 'TimeoutError';
        request.destroy(error);
      }, milliseconds);
      timers.push(timer);
      return timer;
    };
    if (requestTimeout !== undefined) after(requestTimeout, 'has not answered');
    request.once('socket', (socket) => {
      if (connectionTimeout === undefined || !socket.connecting) return;
      const timer = after(connectionTimeout, 'has not been reached');
      socket.once('connect', () => {
        clearTimeout(timer);
      });
    });
    request.once('error', fail);
    request.end(body);
  });
}
