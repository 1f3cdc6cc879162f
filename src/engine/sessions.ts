/** Whose connections to a workspace are open: asked inside, named by the record, and ended where a key no longer may enter. */
import * as l10n from '@vscode/l10n';
import { bootInputs, recordFolder } from '../boot/bootFiles.ts';
import { lookArgv, parseLook, type SshSession } from '../workspace/connections.ts';
import { BerthError } from '../workspace/error.ts';
import { keyNames } from '../workspace/keyNames.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import { shellQuote } from '../workspace/shell.ts';
import type { Engine } from './engine.ts';

/** How old what is known of a record may be. */
const namesMs = 60_000;
/** A kubelet takes about that long, at worst, until a changed Secret stands in its pods. */
const settleSeconds = 120;

/** A session, and who it is as far as that can be told. */
export interface NamedSession extends SshSession {
  readonly name?: string | undefined;
}

/** Names for keys, from the record of one workspace; asked again where a key is new or the answer old. */
export class SessionNames {
  readonly #engine: () => Promise<Engine>;
  readonly #workspace: WorkspaceName;
  /** Names of keys that were taken out stay known: their sessions may still be open. */
  readonly #names = new Map<string, string>();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(engine: () => Promise<Engine>, workspace: WorkspaceName) {
    this.#engine = engine;
    this.#workspace = workspace;
  }

  /** Without names where the record cannot be read: who is there can be told all the same. */
  async named(sessions: readonly SshSession[], signal?: AbortSignal): Promise<NamedSession[]> {
    const keys = sessions.flatMap(({ key }) => key ?? []);
    const isOld = performance.now() - this.#askedAt > namesMs;
    if (keys.length > 0 && (isOld || keys.some(key => !this.#names.has(key)))) {
      this.#askedAt = performance.now();
      const record = await (await this.#engine()).record(this.#workspace, signal).catch(() => undefined);
      for (const [key, name] of record ? keyNames(record) : []) this.#names.set(key, name);
    }
    return sessions.map(session => {
      const name = session.key === undefined ? undefined : this.#names.get(session.key);
      return name === undefined ? session : { ...session, name };
    });
  }
}

/** The open ssh sessions of a workspace that runs. */
export async function connectedNow(
  engine: Engine,
  name: WorkspaceName,
  signal: AbortSignal,
): Promise<NamedSession[]> {
  const { stdout, stderr } = await engine.exec(name, lookArgv([]), { signal });
  if (stdout === '') throw new Error(stderr.trim());
  return await new SessionNames(async () => engine, name).named(parseLook(stdout).connections.ssh, signal);
}

/**
 * Ends the sessions of a key that was taken out, once sshd goes by the keys without it, and those of which nobody can
 * tell whose they are: whoever still may enter comes back. `key` as keyBody has it. Answers how many there were.
 */
export async function endSessions(
  engine: Engine,
  name: WorkspaceName,
  key: string,
  signal: AbortSignal,
): Promise<number> {
  const inside = async (argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await engine.exec(name, argv, { signal });
    if (exitCode === 0) return stdout;
    const why = exitCode === 3 ? l10n.t('its ssh server still has the old keys') : stderr.trim();
    throw new BerthError(
      l10n.t(
        'The key was taken out of {0}, but what is open with it could not be ended: {1}. A restart ends it.',
        name,
        why,
      ),
    );
  };
  await inside(untilGoneArgv(key));
  const { ssh } = parseLook(await inside(lookArgv([]))).connections;
  const theirs = ssh.filter(session => session.key === undefined || session.key === key);
  // One that ended by itself meanwhile is no failure.
  if (theirs.length > 0)
    await inside(['/bin/sh', '-c', `kill ${theirs.map(({ pid }) => pid).join(' ')}; true`]);
  return theirs.length;
}

function untilGoneArgv(key: string): string[] {
  const script = `turns=0
while grep -qF -- ${shellQuote(key)} ${recordFolder}/${bootInputs.authorizedKeys}; do
  turns=$((turns + 1))
  [ "$turns" -le ${settleSeconds} ] || exit 3
  sleep 1
done`;
  return ['/bin/sh', '-c', script];
}
