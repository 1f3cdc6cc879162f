/** Raw bytes to a port in a workspace, by a port-forward through the API server. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { portForward } from './portForward.ts';
import { runningPod, type Workbench } from './workbench.ts';

const sshPort = 22;
const bannerMs = 15_000;

export async function dialPort(
  bench: Workbench,
  name: WorkspaceName,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const { objects } = bench;
  const open = async () => {
    const { pod } = await runningPod(bench, name, signal);
    return await portForward(objects.api, objects.namespace, pod, port, signal);
  };
  if (port !== sshPort) return await open();
  const until = AbortSignal.any([signal, AbortSignal.timeout(bannerMs)]);
  for (;;) {
    try {
      return await withBanner(await open(), until);
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof NoBanner) && !until.aborted) throw cause;
      if (until.aborted) {
        throw new BerthError(l10n.t('The ssh server of “{0}” does not answer. See its log.', name), {
          code: 'unreachable',
          cause,
        });
      }
      await sleep(100, undefined, { signal: until }).catch(() => undefined);
    }
  }
}

class NoBanner extends Error {}

/** The stream once the other side has said something; what it said is still to be read. */
function withBanner(stream: Duplex, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      stream.off('error', fail).off('end', ended).off('readable', readable);
      signal.removeEventListener('abort', ended);
      act();
    };
    const fail = (cause: Error) => settle(() => reject(new NoBanner(cause.message, { cause })));
    const ended = () => {
      stream.on('error', () => undefined);
      stream.destroy();
      fail(new Error('closed before a banner'));
    };
    const readable = () => {
      if (stream.readableLength > 0) settle(() => resolve(stream));
    };
    stream.on('error', fail).on('end', ended).on('readable', readable);
    signal.addEventListener('abort', ended, { once: true });
  });
}
