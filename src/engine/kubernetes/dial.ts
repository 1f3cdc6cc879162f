/** Raw bytes to a port in a workspace, by a port-forward through the API server. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { dialDirect } from './direct.ts';
import { portForward } from './portForward.ts';
import { runningPod, type Workbench } from './workbench.ts';

const sshPort = 22;
const bannerMs = 15_000;
const directMs = 5_000;
/** What the address of a pod gets before the way through the API is taken. */
const headStartMs = 100;

export async function dialPort(
  bench: Workbench,
  name: WorkspaceName,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const { objects } = bench;
  const open = async () => {
    const { pod, ip } = await runningPod(bench, name, signal);
    const direct = port === sshPort ? await directly(bench, ip, signal) : undefined;
    bench.reached.set(name, { pod, address: direct && ip });
    return direct ?? (await portForward(objects.api, objects.namespace, pod, port, signal));
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

/** The pod's own address, where that is wanted and answers. */
async function directly(
  { connect }: Workbench,
  address: string | undefined,
  signal: AbortSignal,
): Promise<Duplex | undefined> {
  const way = connect();
  if (way === 'forward' || address === undefined) return undefined;
  const boundMs = way === 'direct' ? directMs : headStartMs;
  const socket = await dialDirect(address, AbortSignal.any([signal, AbortSignal.timeout(boundMs)]));
  signal.throwIfAborted();
  if (socket || way === 'auto') return socket;
  throw new BerthError(
    l10n.t(
      'The pod’s address {0} does not answer from this machine. Set berth.kubernetes.connect to “forward”.',
      address,
    ),
    { code: 'unreachable' },
  );
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
