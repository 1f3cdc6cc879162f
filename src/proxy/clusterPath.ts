/**
 * The proxy's fast path to a pod: the workspace was joined before in this very pod, and the kubeconfig says by itself who
 * we are. One connection, no question before it: the host key tells whether it is the workspace. Whatever is not as
 * expected is left to the slow path. A bundle of its own, small because it is loaded anew for every connection.
 */
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { plainOpener } from '../engine/kubernetes/channels.ts';
import { dialDirect } from '../engine/kubernetes/direct.ts';
import { portForward } from '../engine/kubernetes/portForward.ts';
import { plainCredentials } from '../engine/kubernetes/staticCredentials.ts';
import type { BerthFolder } from '../ssh/folder.ts';
import { isPinned } from '../ssh/knownHosts.ts';
import type { Alias } from '../workspace/name.ts';
import { firstWords } from './firstWords.ts';
import { readText } from './readText.ts';
import { parseSeenPod } from './seenPod.ts';

/** As targets.json has it; a file that anybody may have written. */
export interface ClusterEndpoint {
  readonly context: string;
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
}

const boundMs = 4_000;
const sshPort = 22;

/** A connection on which sshd has greeted, with its greeting still to be read; undefined where there is more to it. */
export async function clusterPath(
  folder: BerthFolder,
  alias: Alias,
  { context, namespace, kubeconfig }: ClusterEndpoint,
): Promise<Duplex | undefined> {
  const seen = parseSeenPod(readText(folder.mark(alias, 'pod')));
  if (!seen || !isPinned(readText(folder.knownHosts) ?? '', { alias, hostKey: seen.hostKey }))
    return undefined;
  const signal = AbortSignal.timeout(boundMs);
  try {
    const stream = seen.address === undefined ? await forward() : await dialDirect(seen.address, signal);
    const greeting = stream && (await firstWords(stream, signal));
    if (!greeting) return undefined;
    stream.unshift(greeting);
    return stream;
  } catch {
    return undefined;
  }

  async function forward(): Promise<Duplex | undefined> {
    const access = kubeconfigs(kubeconfig)
      .map(file => plainCredentials(readText(file) ?? '', context, file))
      .find(found => found !== undefined);
    return access && (await portForward(plainOpener(access), namespace, seen?.pod ?? '', sshPort, signal));
  }
}

/** In kubectl's order; a context whose user stands in another file is the slow path's. */
function kubeconfigs(named: string | undefined): readonly string[] {
  if (named !== undefined) return [named];
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter(file => file !== '');
  return listed.length > 0 ? listed : [join(userInfo().homedir, '.kube', 'config')];
}
