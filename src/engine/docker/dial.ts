/** Raw bytes to a port in a workspace, by the best way that its engine has. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { orAborted } from '../waiting.ts';
import { bootCommand } from './containerOptions.ts';
import { execStream } from './exec.ts';
import { forwardScript } from './forwardScript.ts';
import { runningContainer, type Workbench } from './workbench.ts';

const sshPort = 22;
/** Docker's proxy accepts before sshd listens: only its banner is success. */
const bannerMs = 15_000;

/**
 * Port 22 of a local engine: the published loopback port. Of any other: a session of sshd's own by exec, over the
 * person's ssh in one hop where that is the way. Other ports are not published: a program inside passes them on.
 */
export async function dialPort(
  bench: Workbench,
  name: WorkspaceName,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const { id, sshPort: published } = await runningContainer(bench, name, signal);
  const { isLocal, dockerOnHost } = bench.connection;
  const complain = (text: string) => bench.log('debug', `${name}, port ${port}: ${text.trim()}`);
  if (port !== sshPort) {
    const request = { argv: ['/bin/sh', '-c', forwardScript, 'forward', String(port)], user: '0:0' };
    return await execStream(bench.docker.getContainer(id), request, complain);
  }
  if (isLocal && published !== undefined) return await dialSshd(bench, name, published, signal);
  const session = [...bootCommand, 'sshd-i'];
  if (dockerOnHost) {
    const opening = dockerOnHost(['exec', '-i', id, ...session]);
    // Whoever gave up while it waited for its turn takes it no more.
    opening.then(
      stream => {
        if (signal.aborted) stream.destroy();
      },
      () => {},
    );
    return await orAborted(opening, signal);
  }
  return await execStream(bench.docker.getContainer(id), { argv: session, user: '0:0' }, complain);
}

async function dialSshd(
  bench: Workbench,
  name: WorkspaceName,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(bannerMs)]);
  for (let at = port; ; ) {
    try {
      return await withBanner(connect({ host: '127.0.0.1', port: at, signal: until }));
    } catch (cause) {
      signal.throwIfAborted();
      if (until.aborted) {
        throw new BerthError(l10n.t('The ssh server of “{0}” does not answer. See its log.', name), {
          code: 'unreachable',
          cause,
        });
      }
      await sleep(50, undefined, { signal: until }).catch(() => undefined);
      // Stopped meanwhile, or started again with another port.
      at = (await runningContainer(bench, name, signal)).sshPort ?? at;
    }
  }
}

/** The socket once the other side has said something; what it said is still to be read. */
function withBanner(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.off('error', fail).off('end', ended).off('readable', readable);
      act();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const ended = () => fail(new Error('closed before a banner'));
    const readable = () => {
      if (socket.readableLength > 0) settle(() => resolve(socket));
    };
    socket.on('error', fail).on('end', ended).on('readable', readable);
  });
}
