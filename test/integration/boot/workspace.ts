/** A workspace for the boot suite: a container with the record's files in /berth, made by the docker client alone. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack } from 'tar-stream';
import { type BootFile, bootFilesOf } from '../../../src/boot/bootConfig.ts';
import { type BootEvent, parseBootLine } from '../../../src/boot/bootLine.ts';
import { stopReason } from '../../../src/boot/stopReason.ts';
import { LoginUser, Record as WorkspaceRecord } from '../../../src/workspace/record.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { reasonWords } from '../../../src/workspace/stopCodes.ts';
import { type CommandOptions, type CommandResult, run } from '../../support/command.ts';

const bootScript = new URL('../../../src/boot/boot.sh', import.meta.url);

export interface BootOptions {
  readonly image: string;
  readonly login?: Partial<LoginUser>;
  readonly settings?: Partial<SettingsInput>;
  /** Default: boot as the entrypoint, without arguments. */
  readonly bootArgs?: readonly string[];
  /** False: the image's own entrypoint. */
  readonly isEntrypoint?: boolean;
  /** The shell that runs boot. */
  readonly shell?: readonly string[];
  /** More options of `docker create`. */
  readonly create?: readonly string[];
  /** Changes what an engine would write into /berth. */
  readonly files?: (files: readonly BootFile[]) => readonly BootFile[];
  /** Two volumes are removed with the workspace; undefined: fresh ones. */
  readonly home?: string;
  /** Half of a git key pair that stands for Berth's. */
  readonly gitKey?: string;
}

/** Two keys of one test file: the person's, and the host's. */
export class Keys {
  readonly folder: string;
  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Keys> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-boot-'));
    for (const name of ['id', 'other', 'host'])
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', join(folder, name)]);
    return new Keys(folder);
  }

  async read(name: 'id' | 'other' | 'host', half: 'private' | 'public'): Promise<string> {
    const text = await readFile(join(this.folder, half === 'public' ? `${name}.pub` : name), 'utf8');
    return half === 'public' ? text.trim() : text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class TestWorkspace {
  readonly name: string;
  readonly user: string;
  readonly #keys: Keys;

  private constructor(name: string, user: string, keys: Keys) {
    this.name = name;
    this.user = user;
    this.#keys = keys;
  }

  /** Made and not started. */
  static async create(keys: Keys, options: BootOptions): Promise<TestWorkspace> {
    const name = `berth-test-boot-${randomBytes(5).toString('hex')}`;
    const record = await recordOf(keys, options);
    const workspace = new TestWorkspace(name, record.login.name, keys);
    const { shell = ['/bin/sh'], bootArgs = [], isEntrypoint = true } = options;
    const [first = '', ...rest] = [...shell, '/berth/boot.sh', ...bootArgs];
    await docker([
      'create',
      `--name=${name}`,
      '--label=workspace.berth.test=boot',
      '--publish=127.0.0.1::22',
      '--stop-signal=SIGTERM',
      '--user=0:0',
      `--volume=${name}-record:/berth`,
      `--volume=${options.home ?? `${name}-home`}:${record.login.home}`,
      ...(isEntrypoint ? [`--entrypoint=${first}`] : []),
      ...(options.create ?? []),
      options.image,
      ...(isEntrypoint ? rest : []),
    ]);
    const files = options.files?.(bootFilesOf(record)) ?? bootFilesOf(record);
    await workspace.write([
      ...files,
      { path: 'boot.sh', mode: 0o755, content: await readFile(bootScript, 'utf8') },
    ]);
    return workspace;
  }

  /** Started, and ready unless it fails before. */
  static async start(keys: Keys, options: BootOptions): Promise<TestWorkspace> {
    const workspace = await TestWorkspace.create(keys, options);
    try {
      await workspace.start();
    } catch (error) {
      await workspace[Symbol.asyncDispose]();
      throw error;
    }
    return workspace;
  }

  /** As an engine writes: one archive into /berth. */
  async write(files: readonly BootFile[]): Promise<void> {
    await docker(['cp', '-', `${this.name}:/berth`], { input: await tarOf(files) });
  }

  async start(timeoutMs = 300_000): Promise<void> {
    const before = (await this.events()).length;
    await docker(['start', this.name]);
    await this.event(({ stage, event }) => stage === 'ready' && event === 'ok', { after: before, timeoutMs });
  }

  /** All that it said so far, over all its starts. */
  async log(): Promise<string> {
    const { stdout, stderr } = await docker(['logs', this.name]);
    return stdout + stderr;
  }

  async events(): Promise<BootEvent[]> {
    const { stdout } = await docker(['logs', this.name]);
    return stdout.split('\n').flatMap(line => parseBootLine(line) ?? []);
  }

  /** Waits for an event of boot; throws with the whole log when boot fails before, or in the end. */
  async event(
    wanted: (event: BootEvent) => boolean,
    { after = 0, timeoutMs = 180_000 }: { after?: number; timeoutMs?: number } = {},
  ): Promise<BootEvent> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = (await this.events()).slice(after).find(wanted);
      if (found) return found;
      const status = await this.status();
      if (status !== 'running' || Date.now() > deadline) {
        const late = (await this.events()).slice(after).find(wanted);
        if (late) return late;
        throw new Error(`${this.name} is ${status} and did not say it:\n${await this.log()}`);
      }
      await sleep(30);
    }
  }

  async status(): Promise<string> {
    return (await docker(['inspect', '-f', '{{.State.Status}}', this.name])).stdout.trim();
  }

  /** The exit code, once it has ended. */
  async exitCode(timeoutMs = 60_000): Promise<number> {
    const { stdout } = await docker(['wait', this.name], { timeoutMs });
    return Number(stdout.trim());
  }

  async port(): Promise<number> {
    const { stdout } = await docker(['port', this.name, '22/tcp']);
    return Number(stdout.trim().split(':').at(-1));
  }

  /** Options of ssh and its relatives: pinned host key, one key, nothing of the person's own config. */
  async sshOptions(key: 'id' | 'other' = 'id'): Promise<string[]> {
    const port = await this.port();
    const known = join(this.#keys.folder, `known-${port}`);
    await run('/bin/sh', [
      '-c',
      `printf '%s\\n' "$1" >"$2"`,
      'sh',
      `[127.0.0.1]:${port} ${await this.#keys.read('host', 'public')}`,
      known,
    ]);
    const identity = join(this.#keys.folder, key);
    return [
      '-F',
      'none',
      ...[`Port=${port}`, `IdentityFile=${identity}`, 'IdentitiesOnly=yes', `UserKnownHostsFile=${known}`],
      ...['StrictHostKeyChecking=yes', 'BatchMode=yes', 'ConnectTimeout=10', 'GlobalKnownHostsFile=none'],
    ].flatMap((option, index) => (index < 2 ? [option] : ['-o', option]));
  }

  async ssh(
    command: string,
    options: CommandOptions & { user?: string; args?: string[] } = {},
  ): Promise<CommandResult> {
    const { user = this.user, args = [], ...rest } = options;
    return run('ssh', [...(await this.sshOptions()), ...args, `${user}@127.0.0.1`, command], rest);
  }

  /** Runs shell text as root inside. */
  async inside(script: string, options: CommandOptions = {}): Promise<CommandResult> {
    return docker(['exec', '-i', this.name, '/bin/sh', '-c', script], options);
  }

  async file(path: string): Promise<string> {
    return (await this.inside(`cat '${path}'`)).stdout;
  }

  /** Of a stopped container too; the cause, and what is said of it. */
  async stopReason(): Promise<string> {
    const { stdout } = await docker(['cp', `${this.name}:/berth/run/stop-reason`, '-'], { mayFail: true });
    const [line = ''] =
      /(?:person|machine|limit|boot-failed) [^\n]*\n/.exec(stdout.replaceAll('\0', '')) ?? [];
    const reason = stopReason(line);
    return reason ? `${reason.cause} ${reasonWords(reason.words)}` : '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await docker(['rm', '-f', '-v', this.name], { mayFail: true });
    await docker(['volume', 'rm', '-f', `${this.name}-home`, `${this.name}-record`], { mayFail: true });
  }
}

/** An archive of files that belong to root. */
export async function tarOf(files: readonly BootFile[]): Promise<Uint8Array> {
  const archive = pack();
  for (const { path, mode, content } of files) archive.entry({ name: path, mode, uid: 0, gid: 0 }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

export async function docker(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return run('docker', args, { timeoutMs: 120_000, ...options });
}

async function recordOf(keys: Keys, options: BootOptions): Promise<WorkspaceRecord> {
  return WorkspaceRecord.parse({
    schema: 1,
    revision: 1,
    name: 'boot-test',
    createdBy: 'test@example.org',
    createdAt: new Date().toISOString(),
    settings: WorkspaceSettings.parse({ image: options.image, ...options.settings }),
    hostKey: {
      privateKey: await keys.read('host', 'private'),
      publicKey: await keys.read('host', 'public'),
    },
    authorizedKeys: [{ key: await keys.read('id', 'public'), owner: 'test@example.org' }],
    image: { reference: options.image, digest: '' },
    login: LoginUser.parse({ name: 'root', uid: 0, gid: 0, home: '/root', ...options.login }),
    ...(options.gitKey === undefined
      ? {}
      : { gitKey: { privateKey: options.gitKey, publicKey: await keys.read('other', 'public') } }),
  });
}
