/** The last steps to a workspace that runs: its host key pinned, its sshd greeting, ssh and it joined. */
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { Engine } from '../engine/engine.ts';
import type { Target } from '../engine/target.ts';
import type { BerthFolder } from '../ssh/folder.ts';
import { isPinned, withPin } from '../ssh/knownHosts.ts';
import { changeKnownHosts } from '../ssh/pin.ts';
import { BerthError } from '../workspace/error.ts';
import type { Alias } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { dialUnread } from './dialPort.ts';
import { firstWords } from './firstWords.ts';
import { ask, parseContainer } from './inspect.ts';
import { carry, handOver, takesSocket } from './join.ts';
import { formatSeen, type Seen } from './seen.ts';
import { formatSeenPod } from './seenPod.ts';
import type { Voice } from './voice.ts';
import { isKeyWelcome, ownKey } from './welcome.ts';

export interface Joining {
  readonly folder: BerthFolder;
  readonly alias: Alias;
  readonly workspace: Workspace;
  readonly target: Target;
  readonly engine: Engine;
  readonly voice: Voice;
  readonly signal: AbortSignal;
}

const retryMs = 50;
const engineTimeoutMs = 5_000;

/** What is left to do once a connection stands; resolves to the exit code. */
type Rest = () => Promise<number>;

/** Tries until a connection stands or the signal aborts; nothing that ssh says is read before. */
export async function joinWorkspace(joining: Joining): Promise<Rest> {
  const { workspace, alias, folder } = joining;
  const { hostKey } = workspace;
  if (hostKey === undefined) {
    throw new BerthError(l10n.t('{0} has no host key: rebuild or delete it in Berth', workspace.name));
  }
  const pin = { alias, hostKey };
  const pinned = changeKnownHosts(folder, text => (isPinned(text, pin) ? text : withPin(text, pin)));
  const { endpoint } = joining.target;
  const isLocal = endpoint.type === 'unix' || endpoint.type === 'npipe';
  const join = isLocal ? throughPort(joining, endpoint.path, hostKey) : throughEngine(joining);
  const [rest] = await Promise.all([join, pinned]);
  return rest;
}

/** The published port of this machine. */
async function throughPort(joining: Joining, socketPath: string, hostKey: string): Promise<Rest> {
  const { workspace, signal, engine } = joining;
  const inspect = () =>
    ask(socketPath, `/containers/berth-${workspace.name}/json`, engineTimeoutMs).then(parseContainer);
  const welcomed = isKeyWelcome(joining.folder, workspace.name, socketPath);
  let container = await inspect();
  if (!container) {
    // Somebody renamed the container: the engine gives it its name back.
    await engine.start(workspace.name, () => {}, signal);
    container = await inspect();
  }
  for (;;) {
    if (!container?.isRunning) {
      throw new BerthError(l10n.t('{0} stopped while ssh was connecting to it', workspace.name));
    }
    const { sshPort: port, startedAt } = container;
    // The engine called it ready, which it does once its sshd listens.
    const socket = port === undefined ? undefined : await dialUnread(port).catch(() => undefined);
    if (socket && port !== undefined) {
      const isWelcome = await welcomed;
      if (isWelcome === false) warnStranger(joining);
      if (isWelcome) await remember(joining, { startedAt, port, hostKey });
      if (takesSocket()) return () => handOver(socket).then(() => 0);
      return async () => ((await carry(socket)) ? 0 : 1);
    }
    await sleep(retryMs, undefined, { signal });
    container = await inspect();
  }
}

async function remember({ folder, alias }: Joining, seen: Seen): Promise<void> {
  await mkdir(folder.marks, { recursive: true, mode: 0o700 });
  await writeFile(folder.mark(alias, 'seen'), formatSeen(seen), { mode: 0o600 });
}

/** Where the engine says by which pod, and by which way, it was reached. */
async function rememberPod({ folder, alias, engine, workspace }: Joining): Promise<void> {
  const pod = engine.reached?.(workspace.name);
  const { hostKey } = workspace;
  if (!pod || hostKey === undefined) return;
  await mkdir(folder.marks, { recursive: true, mode: 0o700 });
  await writeFile(folder.mark(alias, 'pod'), formatSeenPod({ ...pod, hostKey }), { mode: 0o600 });
}

/** Whatever way the engine has. */
async function throughEngine(joining: Joining): Promise<Rest> {
  const { engine, workspace, signal } = joining;
  if (takesSocket()) {
    throw new BerthError(
      l10n.t('ssh wants a socket, and {0} has none to give: set ProxyUseFdpass no for it', workspace.name),
    );
  }
  const known = isInRecord(joining);
  for (let failure: unknown; ; ) {
    try {
      const stream = await engine.dial(workspace.name, 22, signal);
      const greeting = await firstWords(stream);
      if (greeting) {
        stream.unshift(greeting);
        const isWelcome = await known;
        if (isWelcome === false) warnStranger(joining);
        if (isWelcome) await rememberPod(joining);
        return async () => ((await carry(stream)) ? 0 : 1);
      }
    } catch (error) {
      signal.throwIfAborted();
      // What is the same twice will be the same again.
      if (failure instanceof Error && error instanceof Error && failure.message === error.message)
        throw error;
      failure = error;
    }
    await sleep(retryMs, undefined, { signal });
  }
}

/** ssh is let through all the same: the person may have told it another key. */
function warnStranger({ workspace, voice }: Joining): void {
  voice.warn(
    l10n.t(
      'this machine’s key is not among those that may enter {0}, a workspace of {1}: connect to it with Berth in the editor, which asks to add it',
      workspace.name,
      workspace.createdBy,
    ),
  );
}

/** The same by the record, on an engine elsewhere; undefined where it cannot be told. */
async function isInRecord({ engine, workspace, folder, signal }: Joining): Promise<boolean | undefined> {
  const key = ownKey(folder);
  const record = await engine.record(workspace.name, signal).catch(() => undefined);
  if (!record || !key) return undefined;
  const keys = [...record.authorizedKeys.map(({ key }) => key), ...record.settings.publicKeys];
  return keys.some(line => line.split(' ')[1] === key);
}
