/**
 * The proxy's fast path to a pod: the workspace was joined before in this very pod, and the kubeconfig says by itself who
 * we are. One connection, no question before it: the host key tells whether it is the workspace. Whatever is not as
 * expected is left to the slow path. A bundle of its own, small because it is loaded anew for every connection.
 */
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Access } from '../engine/kubernetes/access.ts';
import { textOf } from '../engine/kubernetes/answers.ts';
import { plainOpener } from '../engine/kubernetes/channels.ts';
import { dialDirect } from '../engine/kubernetes/direct.ts';
import { Http } from '../engine/kubernetes/http.ts';
import { portForward } from '../engine/kubernetes/portForward.ts';
import { plainCredentials } from '../engine/kubernetes/staticCredentials.ts';
import type { BerthFolder } from '../ssh/folder.ts';
import { isPinned } from '../ssh/knownHosts.ts';
import type { Alias } from '../workspace/name.ts';
import { firstWords } from './firstWords.ts';
import { readText } from './readText.ts';
import { isWanted, parseSeenPod } from './seenPod.ts';

/** As targets.json has it; a file that anybody may have written. */
export interface ClusterEndpoint {
  readonly context: string;
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
}

const boundMs = 4_000;
const sshPort = 22;
const maxPodBytes = 1 << 20;

/** A connection on which sshd has greeted, with its greeting still to be read; undefined where there is more to it. */
export async function clusterPath(
  folder: BerthFolder,
  alias: Alias,
  { context, namespace, kubeconfig }: ClusterEndpoint,
): Promise<Duplex | undefined> {
  const seen = parseSeenPod(readText(folder.mark(alias, 'pod')));
  if (!seen || !isPinned(readText(folder.knownHosts) ?? '', { alias, hostKey: seen.hostKey }))
    return undefined;
  if (!isWanted(seen, readText(folder.settings))) return undefined;
  const signal = AbortSignal.timeout(boundMs);
  const access = accessOf(context, kubeconfig);
  if (!access) return undefined;
  const { pod, address } = seen;
  try {
    const stream = address === undefined ? await forward() : await direct(address);
    const greeting = stream && (await firstWords(stream, signal));
    if (!greeting) return undefined;
    stream.unshift(greeting);
    return stream;
  } catch {
    return undefined;
  }

  function forward(): Promise<Duplex> {
    return portForward(plainOpener(access as Access), namespace, pod, sshPort, signal);
  }

  /** The address may be another pod's by now, which is asked while the connection is made. */
  async function direct(address: string): Promise<Duplex | undefined> {
    const [socket, addressNow] = await Promise.all([dialDirect(address, signal), addressOf()]);
    if (addressNow === address) return socket;
    socket?.destroy();
    return undefined;
  }

  async function addressOf(): Promise<unknown> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
    using http = new Http();
    const answer = await http.send(access as Access, { method: 'GET', path, signal });
    return JSON.parse(await textOf(answer, maxPodBytes))?.status?.podIP;
  }
}

function accessOf(context: string, kubeconfig: string | undefined): Access | undefined {
  const files = kubeconfigs(kubeconfig).map(file => ({ file, text: readText(file) ?? '' }));
  return plainCredentials(files, context);
}

/** In kubectl's order. */
function kubeconfigs(named: string | undefined): readonly string[] {
  if (named !== undefined) return [named];
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter(file => file !== '');
  return listed.length > 0 ? listed : [join(userInfo().homedir, '.kube', 'config')];
}
