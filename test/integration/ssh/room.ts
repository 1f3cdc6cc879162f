/** What one test file of this suite works in: a temporary `.ssh`, one target, the proxy installed, workspaces on it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bootFilesOf } from '../../../src/boot/bootConfig.ts';
import { labelKeys, workspaceLabels } from '../../../src/engine/docker/labels.ts';
import { Target } from '../../../src/engine/target.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { type Alias, aliasOf, TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { Record as WorkspaceRecord } from '../../../src/workspace/record.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';

export const image = 'berth-test/debian:1';
export const socketPath = '/var/run/docker.sock';
const root = join(import.meta.dirname, '../../..');
export const dist = process.env.BERTH_TEST_DIST ?? join(root, 'dist');

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, bounded; stdin is empty unless given. */
export async function run(
  argv: readonly string[],
  options: { stdin?: string; timeoutMs?: number; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Result> {
  const [program = '', ...rest] = argv;
  const child: ChildProcess = spawn(program, rest, {
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.stdin ?? '');
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    closed,
  ]);
  return { code, stdout, stderr };
}

export async function must(
  argv: readonly string[],
  options: Parameters<typeof run>[1] = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trim();
}

export class Room implements AsyncDisposable {
  readonly folder: string;
  readonly ssh: SshHome;
  readonly target: Target;
  readonly #workspaces: Workspace[] = [];

  private constructor(folder: string, target: Target) {
    this.folder = folder;
    this.ssh = new SshHome({ sshFolder: folder });
    this.target = target;
  }

  /** `endpoint` defaults to the local engine; give the folder to test odd paths. */
  static async open(options: { folder?: string; endpoint?: Target['endpoint'] } = {}): Promise<Room> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'berth-ssh-')));
    const target = Target.parse({
      kind: 'docker',
      id: TargetId.parse('t'),
      title: 'Test engine',
      endpoint: options.endpoint ?? { type: 'unix', path: socketPath },
      origin: 'by hand',
    });
    const room = new Room(folder, target);
    await mkdir(room.ssh.folder.path, { recursive: true, mode: 0o700 });
    await room.writeTargets([target]);
    await room.ssh.identity();
    await room.ssh.installProxy(dist, [process.execPath]);
    await room.ssh.ensureInclude();
    return room;
  }

  async writeTargets(targets: readonly Target[]): Promise<void> {
    await writeFile(this.ssh.folder.targets, JSON.stringify({ version: 1, targets, dismissed: [] }));
  }

  get config(): string {
    return join(this.folder, 'config');
  }

  alias(name: string): Alias {
    return aliasOf(WorkspaceName.parse(name), this.target.id);
  }

  /** A running workspace by the contract of boot, made with nothing but Docker's own client. */
  async standIn(name: string, settings: Partial<WorkspaceSettings> = {}): Promise<Workspace> {
    const workspaceName = WorkspaceName.parse(name);
    const { publicKey } = await this.ssh.identity();
    const record = WorkspaceRecord.parse({
      schema: 1,
      revision: 1,
      name: workspaceName,
      createdBy: 'tester@example.org',
      createdAt: new Date().toISOString(),
      settings: WorkspaceSettings.parse({ image, ...settings }),
      hostKey: generateKey(name),
      authorizedKeys: [{ key: publicKey, owner: 'tester@example.org' }],
      image: { reference: image, digest: image },
      login: { name: 'root', uid: 0, gid: 0, home: '/root' },
    });
    const labels = Object.entries(workspaceLabels(record)).flatMap(([key, value]) => [
      '--label',
      `${key}=${value}`,
    ]);
    const container = `berth-${name}`;
    await must([
      ...['docker', 'create', '--name', container, ...labels, '-p', '127.0.0.1::22'],
      ...['-v', `${container}-home:/root`, '-v', `${container}-record:/berth`],
      ...['--entrypoint', '/bin/sh', image, '/berth/boot.sh'],
    ]);
    const files = await mkdtemp(join(tmpdir(), 'berth-ssh-files-'));
    try {
      for (const { path, mode, content } of bootFilesOf(record)) {
        await writeFile(join(files, path), content, { mode });
      }
      await writeFile(join(files, 'boot.sh'), await readFile(join(root, 'src/boot/boot.sh')));
      await writeFile(join(files, 'record.json'), JSON.stringify(record), { mode: 0o600 });
      await must(['docker', 'cp', `${files}/.`, `${container}:/berth`]);
    } finally {
      await rm(files, { recursive: true });
    }
    await must(['docker', 'start', container]);
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await run(['docker', 'logs', container])).stdout.includes('@berth ready ok')) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    const workspace: Workspace = {
      target: this.target.id,
      name: workspaceName,
      state: { kind: 'Running', reason: '' },
      createdBy: record.createdBy,
      createdAt: record.createdAt,
      settings: record.settings,
      image,
      hostKey: record.hostKey.publicKey,
      login: record.login,
    };
    this.#workspaces.push(workspace);
    await this.ssh.writeTargetConfig(this.target, this.#workspaces);
    return workspace;
  }

  /** ssh through the generated config alone. */
  sshCommand(...rest: readonly string[]): string[] {
    return ['ssh', '-F', this.config, ...rest];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const mine = await must([
      'docker',
      'ps',
      '-aq',
      '--filter',
      `label=${labelKeys.hostKey}`,
      '--format',
      '{{.Names}}',
    ]);
    for (const { name } of this.#workspaces) {
      if (mine.includes(`berth-${name}`)) await run(['docker', 'rm', '-f', '-v', `berth-${name}`]);
      await run(['docker', 'volume', 'rm', '-f', `berth-${name}-home`, `berth-${name}-record`]);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
