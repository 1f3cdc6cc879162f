/**
 * The two questions that the proxy asks a local engine on its fast path, in plain HTTP/1.0 over the socket: no chunks,
 * and the end of the connection is the end of the answer. No library, not even node:http, which takes longer to load
 * than the engine to answer.
 */
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** What of a container's inspection decides. */
export interface Container {
  readonly isRunning: boolean;
  readonly startedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The port of this machine behind which its port 22 is. */
  readonly sshPort: number | undefined;
}

const limitBytes = 8 * 1024 * 1024;

/** Asks the engine behind a Unix socket (Windows: named pipe). Rejects where nobody answers in time. */
export function ask(socketPath: string, path: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const socket = connect(socketPath);
    const settle = () => {
      const answer = parseAnswer(Buffer.concat(chunks));
      if (answer) resolve(answer);
      else reject(new Error('the engine answers no HTTP'));
    };
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('the engine does not answer')));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > limitBytes) socket.destroy(new Error('the engine answers too much'));
      // A complete JSON object: the engine takes another two milliseconds to hang up.
      else if (chunk.subarray(-2).toString('latin1') === '}\n' && isWholeObject(chunks)) {
        settle();
        socket.destroy();
      }
    });
    socket.on('close', settle);
    socket.write(`GET ${path} HTTP/1.0\r\nHost: docker\r\n\r\n`);
  });
}

function isWholeObject(chunks: readonly Buffer[]): boolean {
  const answer = parseAnswer(Buffer.concat(chunks));
  return answer?.body[0] === 0x7b && parsed(answer.body.toString('utf8')) !== undefined;
}

/** Pure: the parts of an HTTP/1 answer; undefined where it is none, or cut short. */
export function parseAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (status === undefined) return undefined;
  const body = bytes.subarray(end + 4);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined && Number(length) > body.length && body.length > 0) return undefined;
  return { status: Number(status), body };
}

/** Pure: the container in the answer of `GET /containers/<name>/json`; undefined where there is none in it. */
export function parseContainer(answer: Answer): Container | undefined {
  if (answer.status !== 200) return undefined;
  const report = parsed(answer.body.toString('utf8'));
  const state = fieldOf(report, 'State');
  const bindings = fieldOf(fieldOf(fieldOf(report, 'NetworkSettings'), 'Ports'), '22/tcp');
  const port = Number(Array.isArray(bindings) ? fieldOf(bindings[0], 'HostPort') : undefined);
  const labels = fieldOf(fieldOf(report, 'Config'), 'Labels');
  return {
    isRunning: fieldOf(state, 'Running') === true && fieldOf(state, 'Paused') !== true,
    startedAt: String(fieldOf(state, 'StartedAt') ?? ''),
    labels: isRecord(labels)
      ? Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))
      : {},
    sshPort: Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
