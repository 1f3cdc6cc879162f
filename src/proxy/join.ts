/** Joining ssh and the workspace, once a connection to its port 22 stands. */
import { Socket } from 'node:net';
import type { Duplex, Readable, Writable } from 'node:stream';

/** Whether ssh waits on our standard output for an open socket (the launcher saw a socket there). */
export function takesSocket(): boolean {
  return process.send !== undefined;
}

/** Gives ssh the socket; resolves once it has it. Nothing was read from it and nothing is left of it here. */
export function handOver(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) throw new Error('ssh takes no socket');
    // ssh wants one byte and the socket (mm_receive_fd); what Node says beside it is thrown away by ssh.
    process.send({}, socket, { keepOpen: true }, error => (error ? reject(error) : resolve()));
  });
}

/** How long the workspace may take for its last words once ssh is gone. */
const lastWordsMs = 10_000;

/**
 * Carries bytes between ssh (our standard input and output) and the workspace, each side no faster than the other
 * takes them. Resolves when both directions are done: true where the workspace ever said something.
 */
export function carry(workspace: Duplex): Promise<boolean> {
  const input = standardInput();
  const output = standardOutput();
  let hasSpoken = false;
  workspace.once('data', () => {
    hasSpoken = true;
  });
  return new Promise(resolve => {
    const finish = () => {
      input.destroy();
      workspace.destroy();
      resolve(hasSpoken);
    };
    // ssh is gone: nobody is left to read the rest.
    for (const event of ['error', 'close']) output.on(event, finish);
    // The workspace has said its last word: let ssh have all of it, and end.
    for (const event of ['end', 'error', 'close']) workspace.on(event, () => output.end(finish));
    // ssh has said its last word: the workspace may still answer.
    input.on('error', () => workspace.end());
    input.on('end', () => setTimeout(finish, lastWordsMs).unref());
    input.pipe(workspace);
    workspace.pipe(output, { end: false });
  });
}

/** As a stream that does not hold up the other direction, which Node's own would (they block where they are pipes). */
function standardInput(): Readable {
  return ownStream(() => new Socket({ fd: 0, writable: false })) ?? process.stdin;
}

function standardOutput(): Writable {
  return ownStream(() => new Socket({ fd: 1, readable: false })) ?? process.stdout;
}

function ownStream(open: () => Socket): Socket | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return open();
  } catch {
    // A terminal or a file: somebody tries it by hand.
    return undefined;
  }
}
