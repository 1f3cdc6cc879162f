/**
 * What one test file of this suite works in: a temporary folder in place of `~/.ssh`, one target in it, the built
 * proxy installed, and workspaces that are gone when it ends.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/load.ts';
import { Target } from '../../../src/engine/target.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { type Alias, aliasOf, TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { baseImage, ensureBaseImage } from '../../support/baseImage.ts';
import { type CommandOptions, type CommandResult, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { clockEnvironment, underClock } from '../../support/otherClock.ts';
import { projectRoot } from '../../support/vsix.ts';

const localEndpoint = { type: 'unix', path: dockerSocket } as const;
const targetId = TargetId.parse('t');
export const dist = join(projectRoot, 'dist');

export interface RoomOptions {
  /** Takes the place of ~/.ssh; default: a new folder of its own. */
  readonly folder?: string;
  /** How the target is reached; default: this machine's engine. */
  readonly endpoint?: Target['endpoint'];
  /** What workspaces there need beside what all of them get. */
  readonly settings?: Partial<SettingsInput>;
}

export class Room implements AsyncDisposable {
  readonly folder: string;
  readonly home: SshHome;
  readonly target: Target;
  readonly engine: Engine;
  readonly #run = randomBytes(3).toString('hex');
  readonly #names = new Set<WorkspaceName>();
  readonly #settings: Partial<SettingsInput>;

  private constructor(folder: string, target: Target, engine: Engine, settings: Partial<SettingsInput>) {
    this.#settings = settings;
    this.folder = folder;
    this.home = new SshHome({ sshFolder: folder });
    this.target = target;
    this.engine = engine;
  }

  static async open(options: RoomOptions = {}): Promise<Room> {
    const { folder, endpoint = localEndpoint, settings = {} } = options;
    if (endpoint.type !== 'kubernetes') await ensureBaseImage(() => {});
    const target = Target.parse({
      kind: endpoint.type === 'kubernetes' ? 'kubernetes' : 'docker',
      id: targetId,
      title: 'Test engine',
      endpoint,
      origin: 'by hand',
    });
    const bootScript = await readFile(join(projectRoot, 'src/boot/boot.sh'), 'utf8');
    const engine = await openEngine(target, { bootScript, log: () => {} });
    const room = new Room(folder ?? (await mkdtemp(join(tmpdir(), 'berth-room-'))), target, engine, settings);
    await room.home.identity();
    await room.writeTargets([target]);
    await room.home.installProxy(dist, [process.execPath]);
    await room.home.ensureInclude();
    return room;
  }

  get config(): string {
    return join(this.folder, 'config');
  }

  async writeTargets(targets: readonly Target[]): Promise<void> {
    await writeFile(this.home.folder.targets, JSON.stringify({ version: 1, targets, dismissed: [] }), {
      mode: 0o600,
    });
  }

  /** A name that no other run of the tests has. */
  name(stem: string): WorkspaceName {
    const name = WorkspaceName.parse(`t-ssh-${this.#run}-${stem}`);
    this.#names.add(name);
    return name;
  }

  alias(name: WorkspaceName): Alias {
    return aliasOf(name, targetId);
  }

  /** A workspace of our own; the config is written as commands do it. `keys`: who may enter instead of us. */
  async create(
    stem: string,
    { start = true, keys, ...settings }: Partial<SettingsInput> & { start?: boolean; keys?: string[] } = {},
  ): Promise<WorkspaceName> {
    const name = this.name(stem);
    const { publicKey } = await this.home.identity();
    await this.engine.create(
      {
        name,
        settings: WorkspaceSettings.parse({
          image: baseImage,
          cpus: 2,
          memoryMiB: 512,
          ...this.#settings,
          ...settings,
        }),
        maker: { identity: 'dev@example.org', host: hostname(), pid: process.pid },
        hostKey: generateKey(name),
        authorizedKeys: (keys ?? [publicKey]).map(key => ({ key, owner: 'dev@example.org' })),
        start,
      },
      () => {},
      AbortSignal.timeout(120_000),
    );
    await this.writeConfig();
    return name;
  }

  async writeConfig(): Promise<void> {
    const mine = (await this.engine.list()).filter(({ name }) => this.#names.has(name));
    await this.home.writeTargetConfig(this.target, mine);
  }

  async stop(name: WorkspaceName): Promise<void> {
    await this.engine.stop(name, { force: false }, () => {}, AbortSignal.timeout(60_000));
  }

  async remove(name: WorkspaceName): Promise<void> {
    await this.engine.remove(name, { keepHome: false }, () => {}, AbortSignal.timeout(60_000));
  }

  /** The words of an ssh command line that uses nothing but the generated config. */
  command(...rest: readonly string[]): string[] {
    return ['ssh', '-F', this.config, '-o', 'BatchMode=yes', ...rest];
  }

  /** Runs ssh as a program does: no terminal. The result comes whatever the exit code is. `clock`: see otherClock.ts. */
  async ssh(
    name: WorkspaceName,
    command: string,
    options: CommandOptions & { args?: string[]; clock?: string } = {},
  ): Promise<CommandResult> {
    const { args = [], clock, env, ...rest } = options;
    const words = this.command(...args, this.alias(name), command);
    const [program = '', ...argv] = clock === undefined ? words : underClock(clock, words);
    return await run(program, argv, { mayFail: true, env: { ...clockEnvironment, ...env }, ...rest });
  }

  /** The same for a person: ssh and its proxy have a terminal, whose whole text is the result's stdout. */
  async sshAtTerminal(
    name: WorkspaceName,
    command: string,
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    const line = this.command(this.alias(name), command)
      .map(word => `'${word.replaceAll("'", "'\\''")}'`)
      .join(' ');
    return await run('script', ['-qec', line, '/dev/null'], { mayFail: true, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) await this.remove(name).catch(() => {});
    this.engine[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
