/** A target under test: an engine of its own, workspaces with names of their own, and an end that leaves nothing. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CreateRequest, Engine, Progress } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/load.ts';
import { Target } from '../../src/engine/target.ts';
import { generateKey } from '../../src/ssh/key.ts';
import { type BerthError, type ErrorCode, isBerthError } from '../../src/workspace/error.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { type SettingsInput, WorkspaceSettings } from '../../src/workspace/settings.ts';
import type { StateKind } from '../../src/workspace/state.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { baseImage } from '../support/baseImage.ts';
import { projectRoot } from '../support/vsix.ts';

export const never = new AbortController().signal;
export const silent = () => {};

export class EngineBench implements AsyncDisposable {
  readonly engine: Engine;
  readonly #open: () => Promise<Engine>;
  readonly #defaults: Partial<SettingsInput>;
  readonly #opened: Engine[] = [];
  readonly #names = new Set<WorkspaceName>();

  private constructor(engine: Engine, open: () => Promise<Engine>, defaults: Partial<SettingsInput>) {
    this.engine = engine;
    this.#open = open;
    this.#defaults = defaults;
  }

  static async on(socketPath: string): Promise<EngineBench> {
    return await EngineBench.with(() => openSocket(socketPath));
  }

  /** `defaults`: what workspaces of this target need beside what all tests give them. */
  static async with(
    open: () => Promise<Engine>,
    defaults: Partial<SettingsInput> = {},
  ): Promise<EngineBench> {
    return new EngineBench(await open(), open, defaults);
  }

  /** As another window would have it. */
  async another(): Promise<Engine> {
    const engine = await this.#open();
    this.#opened.push(engine);
    return engine;
  }

  /** A name that nobody has; whatever is made under it is removed at the end. */
  newName(): WorkspaceName {
    const name = WorkspaceName.parse(`t-${randomBytes(5).toString('hex')}`);
    this.#names.add(name);
    return name;
  }

  settings(settings: Partial<SettingsInput> = {}): WorkspaceSettings {
    return testSettings({ ...this.#defaults, ...settings });
  }

  request(name: WorkspaceName, settings: Partial<SettingsInput> = {}, start = true): CreateRequest {
    return {
      name,
      settings: this.settings(settings),
      maker: { identity: 'test@example.org', host: hostname(), pid: process.pid },
      hostKey: generateKey(name),
      authorizedKeys: [{ key: generateKey('test').publicKey, owner: 'test@example.org' }],
      start,
    };
  }

  async create(settings: Partial<SettingsInput> = {}, start = true): Promise<WorkspaceName> {
    const name = this.newName();
    await this.engine.create(this.request(name, settings, start), silent, never);
    return name;
  }

  async find(name: WorkspaceName, engine = this.engine): Promise<Workspace | undefined> {
    return (await engine.list()).find(workspace => workspace.name === name);
  }

  async state(name: WorkspaceName): Promise<Workspace['state'] | undefined> {
    return (await this.find(name))?.state;
  }

  /** Waits until the list shows the state; how long that took. */
  async untilState(name: WorkspaceName, kind: StateKind, boundMs = 60_000): Promise<number> {
    const startedAt = Date.now();
    for (;;) {
      const state = await this.state(name);
      const tookMs = Date.now() - startedAt;
      if (state?.kind === kind) return tookMs;
      if (tookMs > boundMs)
        throw new Error(`${name} is ${JSON.stringify(state)} after ${tookMs} ms, not ${kind}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  /** Removes whatever was made so far. */
  async clear(): Promise<void> {
    for (const name of this.#names) {
      await this.engine.remove(name, { keepHome: false }, silent, AbortSignal.timeout(30_000)).catch(ignore);
      await this.engine.volumes?.removeKeptHome(name).catch(ignore);
    }
    this.#names.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clear();
    for (const engine of [this.engine, ...this.#opened]) engine[Symbol.dispose]();
  }
}

/** Small enough for many at once on any machine. */
export function testSettings(settings: Partial<SettingsInput> = {}): WorkspaceSettings {
  return WorkspaceSettings.parse({ image: baseImage, cpus: 0.5, memoryMiB: 128, diskGiB: 1, ...settings });
}

export async function openSocket(path: string): Promise<Engine> {
  const bootScript = await readFile(join(projectRoot, 'src', 'boot', 'boot.sh'), 'utf8');
  const target = Target.parse({
    kind: 'docker',
    id: 'test',
    title: 'test',
    origin: 'test',
    endpoint: { type: 'unix', path },
  });
  return await openEngine(target, { bootScript, log: () => {} });
}

/** The BerthError that the call fails with; of the code, where one is given. */
export async function failure(call: Promise<unknown>, code?: ErrorCode): Promise<BerthError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error === undefined) throw new Error('it should have failed');
  if (!isBerthError(error)) throw new Error('not a BerthError', { cause: error });
  if (code !== undefined && error.code !== code)
    throw new Error(`${error.code} instead of ${code}`, { cause: error });
  return error;
}

/** A report that remembers, and one that aborts when the step or stage is reached. */
export function recorder(): { report: (progress: Progress) => void; seen: Progress[] } {
  const seen: Progress[] = [];
  return { report: progress => void seen.push(progress), seen };
}

export function abortAt(reached: (progress: Progress) => boolean): {
  report: (progress: Progress) => void;
  signal: AbortSignal;
} {
  const controller = new AbortController();
  return {
    report: progress => {
      if (reached(progress)) controller.abort();
    },
    signal: controller.signal,
  };
}

function ignore(): void {}
