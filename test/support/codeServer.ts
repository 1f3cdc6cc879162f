/** Real VS Code in a browser: code-server from npm, kept in the cache, started with folders of its own. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cached, cacheFolder, exists } from './cache.ts';
import { Background, freePort, run } from './command.ts';

const version = '4.139.1';
/** Native modules of code-server's VS Code; everything else in it needs no build. */
const nativeModules = ['node-pty', '@vscode/spdlog', '@vscode/native-watchdog', '@vscode/sqlite3'];

/** Whether it is in the cache already. */
export async function codeServerIsInstalled(): Promise<boolean> {
  return exists(join(cacheFolder, `code-server-${version}`));
}

/** The folder of an installed code-server; the first time on a machine takes some minutes. */
export async function installCodeServer(say: (line: string) => void): Promise<string> {
  const folder = await cached(`code-server-${version}`, async path => {
    say(`Installing code-server ${version} from npm (some minutes, once)`);
    const env = await buildEnvironment();
    const npm = (cwd: string, ...args: string[]) =>
      run('npm', [...args, '--no-audit', '--no-fund'], { cwd, env, timeoutMs: 1_800_000 });
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'package.json'), '{ "private": true }');
    await npm(path, 'install', '--ignore-scripts', `code-server@${version}`);
    const vscode = join(path, 'node_modules', 'code-server', 'lib', 'vscode');
    await npm(vscode, 'install', '--ignore-scripts', '--omit=dev');
    await npm(vscode, 'rebuild', ...nativeModules);
    await npm(path, 'rebuild', 'argon2');
  });
  return join(folder, 'node_modules', 'code-server');
}

/** npm scripts under the project's own Node; headers of the machine's Node where they lie (the modules use Node-API only). */
async function buildEnvironment(): Promise<Record<string, string>> {
  const headers = (await exists('/usr/include/node/node_api.h')) ? { npm_config_nodedir: '/usr' } : {};
  return {
    ...headers,
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    JOBS: 'max',
  };
}

export interface CodeServerOptions {
  readonly vsix: string;
  /** Other extensions to install beside it: .vsix files. */
  readonly extensions?: readonly string[];
  /** Where settings and state are kept; default: a temporary folder, removed at the end. */
  readonly dataFolder?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** For the extension host: such as BERTH_SSH_DIR, DOCKER_HOST. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The person's settings.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly say?: (line: string) => void;
}

/** A running code-server with Berth in it, on a loopback port of its own. */
export class CodeServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly #process: Background;
  readonly #isTemporary: boolean;

  private constructor(url: string, dataFolder: string, isTemporary: boolean, process: Background) {
    this.url = url;
    this.dataFolder = dataFolder;
    this.#isTemporary = isTemporary;
    this.#process = process;
  }

  static async start(options: CodeServerOptions): Promise<CodeServer> {
    const installed = await installCodeServer(options.say ?? (() => {}));
    const isTemporary = options.dataFolder === undefined;
    const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'berth-code-')));
    const port = options.port ?? (await freePort());
    await mkdir(join(dataFolder, 'data', 'User'), { recursive: true });
    await writeFile(join(dataFolder, 'config.yaml'), 'auth: none\n');
    const settingsFile = join(dataFolder, 'data', 'User', 'settings.json');
    if (options.settings || !(await exists(settingsFile))) {
      await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
    }
    const folders = [
      ...['--config', join(dataFolder, 'config.yaml')],
      ...['--user-data-dir', join(dataFolder, 'data')],
      ...['--extensions-dir', join(dataFolder, 'extensions')],
    ];
    const env = { ...process.env, ...options.env };
    await rm(join(dataFolder, 'extensions'), { recursive: true, force: true });
    const packages = [options.vsix, ...(options.extensions ?? [])];
    const install = packages.flatMap(path => ['--install-extension', path]);
    await run(process.execPath, [installed, ...folders, ...install, '--force'], { env, timeoutMs: 90_000 });
    const flags = [
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      // Where it is given, no setting brings the trust back.
      ...(options.settings?.['security.workspace.trust.enabled'] === true
        ? []
        : ['--disable-workspace-trust']),
    ];
    const server = new Background(process.execPath, [installed, ...folders, ...flags], { env });
    const url = `http://127.0.0.1:${port}`;
    const started = new CodeServer(url, dataFolder, isTemporary, server);
    try {
      await server.until(() => answers(`${url}/healthz`), 'code-server answered', 60_000);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  get isRunning(): boolean {
    return !this.#process.hasExited;
  }

  get output(): string {
    return this.#process.output;
  }

  /** Copies VS Code's logs (the extension host's among them) to a folder, for a look after a failure. */
  async keepLogs(folder: string): Promise<void> {
    await cp(join(this.dataFolder, 'data', 'logs'), folder, { recursive: true }).catch(() => {});
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    if (this.#isTemporary) await rm(this.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** No welcome pages, prompts or animations that a test would trip over. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.restoreWindows': 'none',
  'window.confirmBeforeClose': 'never',
};

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    answer => answer.ok,
    () => false,
  );
}
