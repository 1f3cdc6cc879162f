/** Builds under test: a folder to build, names of their own, a way to build that is chosen, and an end without a trace. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type Dockerode from 'dockerode';
import { buildImage } from '../../../src/engine/docker/build.ts';
import { connect, type DockerConnection } from '../../../src/engine/docker/connection.ts';
import type { Progress } from '../../../src/engine/engine.ts';
import type { BuildRequest } from '../../../src/image/buildRequest.ts';
import { CommandLogins } from '../../../src/image/commandLogins.ts';
import { run } from '../../support/command.ts';

/** By the engine's API though programs are there, or by a program. */
export type Way = 'api' | 'program';

export class BuildBench implements AsyncDisposable {
  readonly folder: string;
  readonly docker: Dockerode;
  readonly progress: Progress[] = [];
  readonly #connection: DockerConnection;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #names: string[] = [];

  private constructor(folder: string, connection: DockerConnection, environment: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.docker = connection.docker;
    this.#connection = connection;
    this.#environment = environment;
  }

  static async on(socketPath: string, way: Way): Promise<BuildBench> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-build-'));
    await mkdir(join(folder, 'context'));
    const environment: NodeJS.ProcessEnv = { ...process.env, TERM: 'dumb' };
    const first = way === 'api' ? await withoutBuilders(join(folder, 'bin')) : await withBuildKit();
    environment.PATH = [first, process.env.PATH].filter(Boolean).join(delimiter);
    return new BuildBench(folder, connect({ type: 'unix', path: socketPath }), environment);
  }

  get context(): string {
    return join(this.folder, 'context');
  }

  /** A name that is taken off the engine at the end. */
  newName(): string {
    const name = `berth-test/t-${randomBytes(4).toString('hex')}:1`;
    this.#names.push(name);
    return name;
  }

  /** All that the folder then has. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    await rm(this.context, { recursive: true });
    await mkdir(this.context);
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.context, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  }

  async build(
    more: Partial<BuildRequest> = {},
    signal: AbortSignal = AbortSignal.timeout(120_000),
  ): Promise<string> {
    const { reference = this.newName() } = more;
    this.progress.length = 0;
    await buildImage(
      {
        docker: this.docker,
        endpoint: this.#connection.endpoint,
        credentials: new CommandLogins(),
        environment: this.#environment,
      },
      { context: this.context, dockerfile: join(this.context, 'Dockerfile'), args: {}, ...more, reference },
      report => this.progress.push(report),
      signal,
    );
    return reference;
  }

  /** What it said, all of it. */
  get output(): string {
    return this.progress.map(entry => (entry.kind === 'output' ? entry.text : '')).join('');
  }

  get steps(): string[] {
    return this.progress.flatMap(entry =>
      entry.kind === 'step' && entry.step === 'build' ? [entry.message] : [],
    );
  }

  /** What a program in it prints. */
  async printed(reference: string, ...argv: string[]): Promise<string> {
    const container = await this.docker.createContainer({ Image: reference, Cmd: argv, Entrypoint: [] });
    try {
      await container.start();
      await container.wait();
      const log = await container.logs({ stdout: true, stderr: true });
      return log
        .toString()
        .replace(/[^\P{Cc}\s][\s\S]{7}/gu, '')
        .trim();
    } finally {
      await container.remove({ force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) {
      await this.docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => {});
    }
    this.#connection[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** As on a machine whose docker is new, but has no buildx, and where there is no podman. */
async function withoutBuilders(folder: string): Promise<string> {
  await mkdir(folder);
  await script(
    join(folder, 'docker'),
    '[ "$1" = --version ] && echo "Docker version 28.2.2, build e6534b4" || exit 1',
  );
  await script(join(folder, 'podman'), 'exit 125');
  return folder;
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

/** The folder of a docker program that can do BuildKit: Debian's own can, and one with the buildx plugin. */
async function withBuildKit(): Promise<string | undefined> {
  for (const folder of new Set([...(process.env.PATH ?? '').split(delimiter), '/usr/bin'])) {
    const docker = join(folder, 'docker');
    const version = await run(docker, ['--version'], { mayFail: true }).catch(() => undefined);
    if (version?.code !== 0) continue;
    const major = Number(/version (\d+)/.exec(version.stdout)?.[1]);
    if (major < 23) return folder;
    const buildx = await run(docker, ['buildx', 'version'], { mayFail: true });
    if (buildx.code === 0) return folder;
  }
  return undefined;
}
