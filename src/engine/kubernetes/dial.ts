/** Raw bytes to a port in a workspace, by a port-forward through the API server. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { dialDirect } from './direct.ts';
import { objectName } from './names.ts';
import { factsOf, type Parts } from './parts.ts';
import { portForward } from './portForward.ts';
import type { PodReport, ServiceReport } from './reports.ts';
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
    const { pod, parts } = await runningPod(bench, name, signal);
    const direct = port === sshPort ? await directly(bench, parts, pod, signal) : undefined;
    // A way through the Service is not remembered: whether it still leads here only a question tells.
    bench.reached.set(name, { pod: pod.name, address: direct?.host === pod.ip ? pod.ip : undefined });
    return direct?.socket ?? (await portForward(objects.api, objects.namespace, pod.name, port, signal));
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

/** The pod's own address or its Service's, whichever answers first, where that is wanted. */
async function directly(
  { connect, objects }: Workbench,
  parts: Parts,
  pod: PodReport,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket; readonly host: string } | undefined> {
  const way = connect();
  if (way === 'forward') return undefined;
  const isPublished = (factsOf(parts).settings?.service ?? 'none') !== 'none';
  const service = isPublished ? await objects.get('service', objectName(parts.name), signal) : undefined;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(way === 'direct' ? directMs : headStartMs)]);
  const tries = addressesOf(pod, service).map(async ({ host, port }) => {
    const socket = await dialDirect(host, bound, port);
    return socket && { socket, host };
  });
  const first = await firstOf(tries);
  signal.throwIfAborted();
  if (first || way === 'auto') return first;
  throw new BerthError(
    l10n.t(
      'No address of the pod answers from this machine ({0}). Set berth.kubernetes.connect to “forward”.',
      addressesOf(pod, service)
        .map(({ host, port }) => `${host}:${port}`)
        .join(', '),
    ),
    { code: 'unreachable' },
  );
}

/** Pure. */
export function addressesOf(
  { ip, nodeIp }: Pick<PodReport, 'ip' | 'nodeIp'>,
  service: Pick<ServiceReport, 'nodePort' | 'balancers'> | undefined,
): readonly { readonly host: string; readonly port: number }[] {
  return [
    ...(ip === undefined ? [] : [{ host: ip, port: sshPort }]),
    ...(service?.balancers ?? []).map(host => ({ host, port: sshPort })),
    ...(nodeIp === undefined || service?.nodePort === undefined
      ? []
      : [{ host: nodeIp, port: service.nodePort }]),
  ];
}

/** The others are closed. */
async function firstOf<T extends { readonly socket: Socket }>(
  tries: readonly Promise<T | undefined>[],
): Promise<T | undefined> {
  const first = await Promise.any(
    tries.map(async attempt => {
      const found = await attempt;
      if (!found) throw new NoBanner('nobody answers');
      return found;
    }),
  ).catch(() => undefined);
  for (const attempt of tries) {
    void attempt.then(found => {
      if (found && found !== first) found.socket.destroy();
    });
  }
  return first;
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
