/**
 * Berth without an editor, on one real engine: creates workspaces, writes the ssh config and connects through it, as
 * the extension's commands do. Everything of it lies in the given folder, which takes the place of ~/.ssh.
 */
import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Engine, Report } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/load.ts';
import { type KubernetesEndpoint, Target } from '../../src/engine/target.ts';
import { TargetStore } from '../../src/engine/targets.ts';
import { generateKey } from '../../src/ssh/key.ts';
import { SshHome } from '../../src/ssh/sshHome.ts';
import { type Alias, aliasOf, WorkspaceName } from '../../src/workspace/name.ts';
import { type SettingsInput, WorkspaceSettings } from '../../src/workspace/settings.ts';
import { type CommandOptions, type CommandResult, run } from './command.ts';
import { dockerSocket } from './dockerd.ts';
import { projectRoot } from './vsix.ts';

export class Berth implements AsyncDisposable {
  readonly sshFolder: string;
  readonly target: Target;
  readonly engine: Engine;
  readonly sshHome: SshHome;
  /** Who makes workspaces; as the extension has it where nothing else is set. */
  identity = `${userInfo().username}@${hostname()}`;

  private constructor(sshFolder: string, target: Target, engine: Engine, sshHome: SshHome) {
    this.sshFolder = sshFolder;
    this.target = target;
    this.engine = engine;
    this.sshHome = sshHome;
  }

  /** dist/ must be built: the proxy is copied from there. */
  static async open(sshFolder: string, socketPath: string = dockerSocket): Promise<Berth> {
    const sshHome = new SshHome({ sshFolder });
    const { targets } = await new TargetStore(sshHome.folder.path).merge([
      {
        name: 'local',
        title: 'This machine',
        endpoint: { type: 'unix', path: socketPath },
        origin: 'the machine’s engine',
        identity: `unix://${socketPath}`,
      },
    ]);
    return await Berth.#on(sshHome, sshFolder, Target.parse(targets[0]));
  }

  /** On a namespace of a cluster; the folder keeps the target. */
  static async openCluster(sshFolder: string, endpoint: KubernetesEndpoint, title: string): Promise<Berth> {
    const sshHome = new SshHome({ sshFolder });
    const store = new TargetStore(sshHome.folder.path);
    const isSame = (target: Target) => JSON.stringify(target.endpoint) === JSON.stringify(endpoint);
    const known = (await store.read()).targets.find(isSame);
    return await Berth.#on(sshHome, sshFolder, known ?? (await store.add({ endpoint, title })));
  }

  static async #on(sshHome: SshHome, sshFolder: string, target: Target): Promise<Berth> {
    const bootScript = await readFile(join(projectRoot, 'src', 'boot', 'boot.sh'), 'utf8');
    const engine = await openEngine(target, { bootScript, log: () => {} });
    await sshHome.installProxy(join(projectRoot, 'dist'), [process.execPath]);
    await sshHome.ensureInclude();
    return new Berth(sshFolder, target, engine, sshHome);
  }

  async create(
    name: string,
    settings: SettingsInput,
    report: Report = () => {},
    signal: AbortSignal = AbortSignal.timeout(300_000),
    start = true,
  ): Promise<void> {
    const { publicKey } = await this.sshHome.identity();
    const request = {
      name: WorkspaceName.parse(name),
      settings: WorkspaceSettings.parse(settings),
      maker: { identity: this.identity, host: hostname(), pid: process.pid },
      hostKey: generateKey(`${name} ${this.target.id}`),
      authorizedKeys: [{ key: publicKey, owner: this.identity }],
      start,
    };
    await this.engine.create(request, report, signal);
    await this.writeConfig();
  }

  /** From a fresh list, as the extension does after each change. */
  async writeConfig(): Promise<void> {
    await this.sshHome.writeTargetConfig(this.target, await this.engine.list());
  }

  alias(name: string): Alias {
    return aliasOf(WorkspaceName.parse(name), this.target.id);
  }

  /** The beginning of every ssh command line: the config that Berth wrote, and nothing of the person's. */
  get sshArguments(): string[] {
    return ['-F', join(this.sshFolder, 'config'), '-o', 'BatchMode=yes'];
  }

  /** Runs a command in a workspace by the machine's own ssh through the generated config. */
  async ssh(name: string, command: string, options: CommandOptions = {}): Promise<CommandResult> {
    return run('ssh', [...this.sshArguments, this.alias(name), command], options);
  }

  async remove(name: string): Promise<void> {
    await this.engine.remove(
      WorkspaceName.parse(name),
      { keepHome: false },
      () => {},
      AbortSignal.timeout(60_000),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.engine[Symbol.dispose]();
  }
}
