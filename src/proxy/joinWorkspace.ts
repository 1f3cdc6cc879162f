/** The last steps to a workspace that runs: its host key pinned, its sshd greeting, ssh and it joined. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
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
import { dialUnread, greets } from './dialPort.ts';
import { ask, parseContainer } from './inspect.ts';
import { carry, handOver, takesSocket } from './join.ts';
import { formatSeen } from './seen.ts';
import type { Voice } from './voice.ts';

export interface Joining {
  readonly folder: BerthFolder;
  readonly alias: Alias;
  readonly workspace: Workspace;
  readonly target: Target;
  readonly engine: Engine;
  readonly voice: Voice;
  readonly signal: AbortSignal;
}

const retryMs = 100;
const greetingTimeoutMs = 2_000;
const engineTimeoutMs = 5_000;

/** What is left to do once a connection stands; resolves to the exit code. */
type Rest = () => Promise<number>;

/** Tries until sshd greets or the signal aborts; nothing that ssh says is read before. */
export async function joinWorkspace(joining: Joining): Promise<Rest> {
  const { workspace, alias, folder } = joining;
  const { hostKey } = workspace;
  if (hostKey === undefined) {
    throw new BerthError(l10n.t('{0} has no host key: rebuild or delete it in Berth', workspace.name));
  }
  const pin = { alias, hostKey };
  await changeKnownHosts(folder, text => (isPinned(text, pin) ? text : withPin(text, pin)));
  const isWelcome = await isKeyWelcome(joining);
  const local = localSocketOf(joining.target);
  return local === undefined ? await throughEngine(joining) : await throughPort(joining, local, isWelcome);
}

/** The published port of this machine. */
async function throughPort(joining: Joining, socketPath: string, isWelcome: boolean): Promise<Rest> {
  const { workspace, signal, folder, alias, engine } = joining;
  const inspect = () =>
    ask(socketPath, `/containers/berth-${workspace.name}/json`, engineTimeoutMs).then(parseContainer);
  // Somebody renamed the container: the engine gives it its name back.
  if (!(await inspect())) await engine.start(workspace.name, () => {}, signal);
  for (;;) {
    const container = await inspect();
    const port = container?.sshPort;
    if (!container?.isRunning) {
      throw new BerthError(l10n.t('{0} stopped while ssh was connecting to it', workspace.name));
    }
    if (port !== undefined && (await greets(port, greetingTimeoutMs))) {
      const socket = await dialUnread(port);
      if (isWelcome) {
        const seen = formatSeen({ startedAt: container.startedAt, port, hostKey: workspace.hostKey ?? '' });
        await mkdir(folder.marks, { recursive: true, mode: 0o700 });
        await writeFile(folder.mark(alias, 'seen'), seen, { mode: 0o600 });
      }
      if (takesSocket()) return () => handOver(socket).then(() => 0);
      return async () => ((await carry(socket)) ? 0 : 1);
    }
    await sleep(retryMs, undefined, { signal });
  }
}

/** Whatever way the engine has. */
async function throughEngine({ engine, workspace, signal }: Joining): Promise<Rest> {
  if (takesSocket()) {
    throw new BerthError(
      l10n.t('ssh wants a socket, and {0} has none to give: set ProxyUseFdpass no for it', workspace.name),
    );
  }
  for (let failure: unknown; ; ) {
    try {
      const stream = await engine.dial(workspace.name, 22, signal);
      const greeting = await firstWords(stream);
      if (greeting) {
        stream.unshift(greeting);
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

/** What the workspace says first, taken off the stream; undefined where it ends without a word. */
function firstWords(stream: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (words: Buffer | undefined) => {
      stream.off('data', onData).off('end', onEnd).off('error', reject);
      resolve(words);
    };
    const onData = (words: Buffer) => {
      stream.pause();
      settle(words);
    };
    const onEnd = () => {
      stream.destroy();
      settle(undefined);
    };
    stream.once('data', onData).once('end', onEnd).once('error', reject);
  });
}

/** Says so where this machine's key is not in the record; ssh is let through all the same, it may know another. */
async function isKeyWelcome({ engine, workspace, folder, voice, signal }: Joining): Promise<boolean> {
  const key = await readFile(folder.publicIdentity, 'utf8').then(
    text => text.split(' ')[1],
    () => undefined,
  );
  const record = await engine.record(workspace.name, signal).catch(() => undefined);
  if (!record) return false;
  const keys = [...record.authorizedKeys.map(({ key }) => key), ...record.settings.publicKeys];
  if (key !== undefined && keys.some(line => line.split(' ')[1] === key)) return true;
  voice.warn(
    l10n.t(
      'this machine’s key is not among those that may enter {0}, a workspace of {1}: connect to it with Berth in the editor, which asks to add it',
      workspace.name,
      workspace.createdBy,
    ),
  );
  return false;
}

function localSocketOf({ endpoint }: Target): string | undefined {
  return endpoint.type === 'unix' || endpoint.type === 'npipe' ? endpoint.path : undefined;
}
