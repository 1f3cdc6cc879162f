/**
 * The proxy's fast path: the workspace runs on an engine of this machine and was joined before, or is ready to be.
 * One question to the engine, no library. (Of a cluster: clusterPath.ts.) Whatever is not as expected is left to the slow path, which knows the words.
 */
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { BerthFolder } from '../ssh/folder.ts';
import { isPinned } from '../ssh/knownHosts.ts';
import type { Alias } from '../workspace/name.ts';
import type { ClusterEndpoint } from './clusterPath.ts';
import { dialUnread, greets } from './dialPort.ts';
import { ask, type Container, parseContainer } from './inspect.ts';
import { readText } from './readText.ts';
import { formatSeen, parseSeen, type Seen } from './seen.ts';
import { isKeyWelcome } from './welcome.ts';

const engineTimeoutMs = 3_000;
const greetingTimeoutMs = 1_000;

/** An unread connection to the workspace's sshd, a socket where it is of this machine; undefined where there is more to it. */
export async function fastPath(folder: BerthFolder, alias: Alias): Promise<Socket | Duplex | undefined> {
  const [name = '', id = ''] = alias.split('.');
  const target = targetIn(readText(folder.targets), id);
  if (target === undefined) return undefined;
  if ('context' in target) {
    const { clusterPath } = await import('./clusterPath.ts');
    return await clusterPath(folder, alias, target);
  }
  const { socketPath } = target;
  const asked = ask(socketPath, `/containers/berth-${name}/json`, engineTimeoutMs).then(
    parseContainer,
    () => undefined,
  );
  const seen = parseSeen(readText(folder.mark(alias, 'seen')));
  // sshd gets to work while the engine is still answering.
  const early = seen && dialUnread(seen.port).catch(() => undefined);
  const container = await asked;
  if (container && seen && isSeen(container, seen) && isAsExpected(container, name, alias, folder)) {
    const socket = await early;
    if (socket) return socket;
  }
  void early?.then(socket => socket?.destroy());
  if (!container || !isAsExpected(container, name, alias, folder)) return undefined;
  return await firstJoin(folder, alias, name, socketPath, container);
}

/** In a run that was not joined before: is sshd there, and is this machine's key welcome? */
async function firstJoin(
  folder: BerthFolder,
  alias: Alias,
  name: string,
  socketPath: string,
  container: Container,
): Promise<Socket | undefined> {
  const { sshPort: port, labels, startedAt } = container;
  const hostKey = labels['workspace.berth/host-key'];
  if (port === undefined || hostKey === undefined) return undefined;
  const [isThere, isWelcome] = await Promise.all([
    greets(port, greetingTimeoutMs),
    isKeyWelcome(folder, name, socketPath),
  ]);
  if (!isThere || !isWelcome) return undefined;
  remember(folder, alias, { startedAt, port, hostKey });
  return await dialUnread(port).catch(() => undefined);
}

/** Pure: how a target is reached fast, out of targets.json; undefined where it is not. */
export function targetIn(
  targets: string | undefined,
  id: string,
): { readonly socketPath: string } | ClusterEndpoint | undefined {
  try {
    const { targets: list } = JSON.parse(targets ?? '') as { targets?: unknown };
    if (!Array.isArray(list)) return undefined;
    const { kind, endpoint } = list.find(target => target?.id === id) ?? {};
    if (kind === 'kubernetes') return clusterEndpoint(endpoint);
    const isLocal = kind === 'docker' && (endpoint?.type === 'unix' || endpoint?.type === 'npipe');
    return isLocal && typeof endpoint.path === 'string' ? { socketPath: endpoint.path } : undefined;
  } catch {
    return undefined;
  }
}

function clusterEndpoint({
  context,
  namespace,
  kubeconfig,
}: Record<string, unknown>): ClusterEndpoint | undefined {
  if (typeof context !== 'string' || typeof namespace !== 'string') return undefined;
  return { context, namespace, kubeconfig: typeof kubeconfig === 'string' ? kubeconfig : undefined };
}

function isSeen(container: Container, seen: Seen): boolean {
  return (
    container.startedAt === seen.startedAt &&
    container.sshPort === seen.port &&
    container.labels['workspace.berth/host-key'] === seen.hostKey
  );
}

function isAsExpected(container: Container, name: string, alias: Alias, folder: BerthFolder): boolean {
  const hostKey = container.labels['workspace.berth/host-key'];
  return (
    container.isRunning &&
    container.labels['workspace.berth/name'] === name &&
    hostKey !== undefined &&
    isPinned(readText(folder.knownHosts) ?? '', { alias, hostKey })
  );
}

function remember(folder: BerthFolder, alias: Alias, seen: Seen): void {
  try {
    writeFileSync(folder.mark(alias, 'seen'), formatSeen(seen), { mode: 0o600 });
  } catch {
    // A folder that cannot be written, or is not there yet: asked again next time.
  }
}
