/** Keeps the ssh side in step: config and pins after every fresh list, the proxy and its settings once a version. */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Fleet, FleetTarget } from '../engine/fleet.ts';
import type { IncludeResult } from '../ssh/sshHome.ts';
import { configuration } from '../vscode/configuration.ts';
import type { Log } from '../vscode/log.ts';
import type { TargetId } from '../workspace/name.ts';
import type { Machine } from './machine.ts';
import { installedKey, proxyVersion } from './proxyVersion.ts';

/** Where a Node may be found when the editor's own has moved with an update. */
const usualNodes = ['/usr/local/bin/node', '/usr/bin/node', '/opt/homebrew/bin/node', '/snap/bin/node'];

export class SshUpkeep implements Disposable {
  readonly #fleet: Fleet;
  readonly #machine: Machine;
  readonly #context: vscode.ExtensionContext;
  readonly #log: Log;
  readonly #watches = new DisposableStack();
  /** What was written last, so that lists which change nothing for ssh cost nothing. */
  readonly #written = new Map<TargetId, string>();
  #queue: Promise<void> = Promise.resolve();
  #proxy: Promise<void> | undefined;

  constructor(fleet: Fleet, machine: Machine, context: vscode.ExtensionContext, log: Log) {
    this.#fleet = fleet;
    this.#machine = machine;
    this.#context = context;
    this.#log = log;
    const tried = (id: TargetId, work: Promise<void>) =>
      work.catch((error: unknown) => log.write('error', `the ssh config of ${id} was not written`, error));
    this.#watches.use(
      fleet.onDidChange(id => {
        if (id === undefined) this.#forgetRemoved();
        else void tried(id, this.follow(id));
      }),
    );
    // Also by another window, or mended: what was adopted stands in the configs too.
    this.#watches.use(
      machine.ssh.adopted.onChange(() => {
        for (const id of this.#written.keys()) void tried(id, this.rewrite(id));
      }),
    );
  }

  /** Writes config and pins of the target from its last list, where that list is good and says something new. */
  follow(id: TargetId): Promise<void> {
    const write = this.#queue.then(() => this.#write(id));
    this.#queue = write.catch(() => undefined);
    return write;
  }

  /** After a target was removed. */
  forget(id: TargetId): Promise<void> {
    const removal = this.#queue.then(async () => {
      this.#written.delete(id);
      await this.#machine.ssh.removeTargetConfig(id);
    });
    this.#queue = removal.catch(() => undefined);
    return removal;
  }

  /** Again, though no list says so: something else that stands in the config is another. */
  rewrite(id: TargetId): Promise<void> {
    this.#written.delete(id);
    return this.follow(id);
  }

  /** What ssh needs where the target's config is named to it: key, proxy, config, pins. */
  async filesReady(id: TargetId): Promise<void> {
    // Somebody may have removed or changed the files meanwhile: what stands on the disk decides, not what is remembered.
    this.#written.delete(id);
    await Promise.all([this.#machine.ssh.identity(), this.installProxy(), this.follow(id)]);
  }

  /**
   * Everything that a connection stands on. The Include line goes into the person's own config, for terminals, and
   * into `configFile`, where Remote-SSH reads another. Answers with how it stands where the connection will look.
   */
  async ready(id: TargetId, configFile: string | undefined): Promise<IncludeResult> {
    const { ssh } = this.#machine;
    await this.filesReady(id);
    const usual = await ssh.ensureInclude();
    if (configFile === undefined) return usual;
    if (typeof usual === 'object')
      this.#log.write('warn', `${usual.file} has no Include line: ${usual.reason}`);
    return await ssh.ensureInclude(configFile);
  }

  /** Another key may have been chosen. */
  async identityChanged(): Promise<void> {
    this.#written.clear();
    await Promise.all(this.#fleet.targets().map(({ target }) => this.follow(target.id)));
  }

  /** Copies the proxy out of the extension, at most once in a session. */
  installProxy(): Promise<void> {
    this.#proxy ??= this.#install().catch(error => {
      this.#proxy = undefined;
      throw error;
    });
    return this.#proxy;
  }

  async writeSettings(): Promise<void> {
    const { ssh } = this.#machine;
    await ssh.writeSettings({
      startOnConnect: configuration.startOnConnect(),
      kubernetesConnect: configuration.kubernetesConnect(),
    });
  }

  [Symbol.dispose](): void {
    this.#watches.dispose();
  }

  /** Also of targets that another window removed: a list that was under way may have written their config once more. */
  #forgetRemoved(): void {
    if (this.#fleet.loadError) return;
    for (const id of this.#written.keys()) {
      if (this.#fleet.target(id)) continue;
      this.forget(id).catch((error: unknown) =>
        this.#log.write('error', `the ssh config of ${id} was not removed`, error),
      );
    }
  }

  async #write(id: TargetId): Promise<void> {
    const target = this.#fleet.target(id);
    if (target?.health !== 'up') return;
    const face = sshFace(target);
    if (this.#written.get(id) === face) return;
    const { ssh } = this.#machine;
    await ssh.writeTargetConfig(target.target, target.workspaces);
    this.#written.set(id, face);
    this.#log.write('debug', `wrote the ssh config of ${id} (${target.workspaces.length} workspaces)`);
  }

  async #install(): Promise<void> {
    const { ssh } = this.#machine;
    await ssh.installProxy(join(this.#context.extensionPath, 'dist'), [process.execPath, ...usualNodes]);
    await this.writeSettings();
    await this.#context.globalState.update(installedKey, proxyVersion(this.#context));
    this.#log.write('debug', `installed the proxy of Berth ${proxyVersion(this.#context)}`);
  }
}

/** What of a target's list shows in its ssh config and pins. */
function sshFace({ target, workspaces }: FleetTarget): string {
  return JSON.stringify([
    target.endpoint,
    workspaces.map(({ name, login, settings, hostKey }) => [
      name,
      login?.name,
      settings?.agentForwarding,
      hostKey,
    ]),
  ]);
}
