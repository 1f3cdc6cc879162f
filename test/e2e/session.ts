/**
 * One running VS Code with the packaged Berth in it, an ssh folder and an engine of its own (the machine's, behind a
 * socket that can be cut), and the windows of a browser on it. Whatever a test makes carries the session's prefix and
 * is gone at the end.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, type SuiteContext, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { discover } from '../../src/engine/docker/discover.ts';
import { type KubernetesEndpoint, Target } from '../../src/engine/target.ts';
import { TargetId } from '../../src/workspace/name.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import { baseImage, ensureBaseImage } from '../support/baseImage.ts';
import { Berth } from '../support/berth.ts';
import { startChromium } from '../support/chromium.ts';
import { CodeServer } from '../support/codeServer.ts';
import { run } from '../support/command.ts';
import { dockerSocket } from '../support/dockerd.ts';
import { Relay } from '../support/relay.ts';
import { outputFolder, packageExtension } from '../support/vsix.ts';
import { Workbench } from './workbench.ts';

export interface SessionOptions {
  /** Of the test file; names its screenshots and logs. */
  readonly name: string;
  /** False: no list of targets yet, as on a new machine. Default: the engine behind the relay is the only target. */
  readonly hasTarget?: boolean;
  /** Makes another extension to install, in a folder for it; the path of its .vsix. */
  readonly extensions?: (folder: string) => Promise<string>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For the extension host, beside what keeps it apart from this machine's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the engine behind the relay is called. */
  readonly target?: { readonly id: string; readonly title: string };
  /** A namespace of a cluster as the only target, in the place of the engine. */
  readonly cluster?: KubernetesEndpoint;
  /** Of the windows, in pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** What a person saw where a test failed: pictures alone do not leave the machine. */
const opened = new Set<Workbench>();
// Pictures and benches use sessions too, without a runner of tests, and their output is their own.
if (process.env.NODE_TEST_CONTEXT !== undefined) afterEach(tellOnFailure);

async function tellOnFailure(context: TestContext | SuiteContext): Promise<void> {
  if (!('passed' in context) || context.passed) return;
  for (const [index, window] of [...opened].entries()) {
    await window.screenshot(`failed-${index + 1}`).catch(() => {});
    console.log(`Window ${index + 1} at '${context.name}':\n${await window.words()}`);
  }
}

/** Who sits at the editor. */
const sitter = 'e2e@example.org';
const testTarget = { id: 'e2e', title: 'Test engine' };

export class Session implements AsyncDisposable {
  /** Begins every name that this session may use. */
  readonly prefix = `t-e2e-${randomBytes(2).toString('hex')}`;
  readonly image = baseImage;
  readonly target: TargetId;
  readonly targetTitle: string;
  readonly folder: string;
  readonly relay: Relay;
  readonly server: CodeServer;
  readonly context: BrowserContext;
  readonly #browser: Browser;
  readonly #name: string;
  readonly #windows: Workbench[] = [];

  private constructor(
    { name, target = testTarget }: SessionOptions,
    folder: string,
    relay: Relay,
    server: CodeServer,
    browser: Browser,
    context: BrowserContext,
  ) {
    this.#name = name;
    this.target = TargetId.parse(target.id);
    this.targetTitle = target.title;
    this.folder = folder;
    this.relay = relay;
    this.server = server;
    this.#browser = browser;
    this.context = context;
  }

  static async start(options: SessionOptions): Promise<Session> {
    await ensureBaseImage(() => {});
    const vsix = await packageExtension();
    const folder = await mkdtemp(join(tmpdir(), 'berth-e2e-'));
    const relay = await Relay.start(dockerSocket);
    await mkdir(join(folder, 'ssh', 'berth'), { recursive: true, mode: 0o700 });
    if (options.hasTarget !== false)
      await writeTargets(
        folder,
        options.cluster ?? { type: 'unix', path: relay.socketPath },
        options.target ?? testTarget,
      );
    const server = await CodeServer.start({
      vsix,
      extensions: options.extensions ? [await options.extensions(join(folder, 'extension'))] : [],
      env: {
        BERTH_SSH_DIR: join(folder, 'ssh'),
        DOCKER_HOST: undefined,
        XDG_RUNTIME_DIR: undefined,
        ...options.env,
      },
      settings: {
        'berth.defaultImage': baseImage,
        'berth.identity': sitter,
        // What shows where the mouse rests would cover the rows below.
        'workbench.hover.delay': 600_000,
        ...options.settings,
      },
    });
    const browser = await startChromium();
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    return new Session(options, folder, relay, server, browser, context);
  }

  /** The folder that takes the place of ~/.ssh. */
  get sshFolder(): string {
    return join(this.folder, 'ssh');
  }

  /** The person's settings.json. */
  get settingsFile(): string {
    return join(this.server.dataFolder, 'data', 'User', 'settings.json');
  }

  /** A name of this session's own. */
  workspaceName(word: string): string {
    return `${this.prefix}-${word}`;
  }

  /** Opens one more window, with Berth's sidebar in front. `folder`, `workspace`: what is open in it, as paths. */
  async window(open: { readonly folder?: string; readonly workspace?: string } = {}): Promise<Workbench> {
    const url = new URL(this.server.url);
    for (const [what, path] of Object.entries(open)) url.searchParams.set(what, path);
    const window = await Workbench.open(this.context, url.href, this.#name);
    this.#windows.push(window);
    opened.add(window);
    await window.showContainer('Berth');
    return window;
  }

  /**
   * A window that is in a workspace, as far as Berth sees: its folder is of that ssh host. Its files are not there, because the
   * extension that would open them cannot be had here; for the same reason its scheme is another, of which the editor does not
   * take the host for its own.
   */
  async windowIn(name: string): Promise<Workbench> {
    const uri = `ssh-folder://ssh-remote+${name}.${this.target}.berth/root`;
    const workspace = join(this.folder, `${name}.code-workspace`);
    await writeFile(workspace, JSON.stringify({ folders: [{ uri, name }] }));
    return await this.window({ workspace });
  }

  /** Runs a command in a workspace by the machine's own ssh, through the config that the extension wrote. */
  async ssh(name: string, command: string): Promise<string> {
    const alias = `${name}.${this.target}.berth`;
    const options = ['-F', join(this.sshFolder, 'berth', `${this.target}.conf`), '-o', 'BatchMode=yes'];
    return (await run('ssh', [...options, alias, command], { timeoutMs: 60_000 })).stdout.trim();
  }

  /** Berth without an editor on the same ssh folder and engine: for what a test only needs to be there. */
  async berth(): Promise<Berth> {
    const berth = await Berth.open(this.sshFolder, this.relay.socketPath);
    berth.identity = sitter;
    return berth;
  }

  /** Makes a workspace past the editor. */
  async create(name: string, settings: Partial<SettingsInput> = {}): Promise<void> {
    await using berth = await this.berth();
    await berth.create(name, { image: this.image, memoryMiB: 256, cpus: 1, ...settings });
  }

  /** Docker's own view of things, past Berth. */
  async docker(...args: string[]): Promise<string> {
    const env = { DOCKER_HOST: `unix://${dockerSocket}` };
    return (await run('docker', args, { env, timeoutMs: 60_000 })).stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [index, window] of this.#windows.entries()) {
      await window.screenshot(`end-${index + 1}`).catch(() => {});
      opened.delete(window);
    }
    await this.server.keepLogs(join(outputFolder, 'logs', this.#name));
    await this.#browser.close().catch(() => {});
    await this.server.stop();
    await this.relay.stop();
    // What the engine is taking away itself at that moment is refused.
    await this.#removeLeftovers().catch(() => sleep(3_000).then(() => this.#removeLeftovers()));
    await rm(this.folder, { recursive: true, force: true });
  }

  async #removeLeftovers(): Promise<void> {
    const filter = ['-q', '--filter', `name=berth-${this.prefix}`];
    const containers = (await this.docker('ps', '-a', ...filter)).split('\n').filter(Boolean);
    if (containers.length > 0) await this.docker('rm', '-f', '-v', ...containers);
    const volumes = (await this.docker('volume', 'ls', ...filter)).split('\n').filter(Boolean);
    if (volumes.length > 0) await this.docker('volume', 'rm', '-f', ...volumes);
  }
}

/** The relay as the only target; the engines of the machine as ones that the person removed from the list. */
async function writeTargets(
  folder: string,
  endpoint: Target['endpoint'],
  { id, title }: { readonly id: string; readonly title: string },
): Promise<void> {
  const target = Target.parse({
    kind: endpoint.type === 'kubernetes' ? 'kubernetes' : 'docker',
    id,
    title,
    endpoint,
    origin: 'by hand',
  });
  const dismissed = (await discover()).map(({ identity }) => identity);
  const file = { version: 1, targets: [target], dismissed };
  await writeFile(join(folder, 'ssh', 'berth', 'targets.json'), JSON.stringify(file), { mode: 0o600 });
}
