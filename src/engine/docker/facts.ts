/** What a Docker engine is and has: version, platforms, capacity, runtimes, GPUs. Also the test whether it answers. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { freemem, hostname } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { EngineFacts } from '../engine.ts';
import { orAborted } from '../waiting.ts';
import type { DockerConnection } from './connection.ts';
import { formatEndpoint } from './endpoint.ts';
import { statusOf } from './inUse.ts';
import { unreachable } from './unreachable.ts';

const probeMs = 3000;

/**
 * Answers in time, 3 s where nothing else is said: with facts, or with 'unreachable' and what to do; 'cancelled' where
 * the signal aborts first.
 */
export async function probe(
  connection: DockerConnection,
  signal?: AbortSignal,
  boundMs: number = probeMs,
): Promise<EngineFacts> {
  const { docker, endpoint } = connection;
  const late = AbortSignal.timeout(boundMs);
  const either = signal ? AbortSignal.any([signal, late]) : late;
  try {
    // A slow ssh goes on connecting behind our back, so that the next probe finds it open.
    const options = endpoint.type === 'ssh' ? {} : { abortSignal: either };
    // The types of dockerode leave out that both take options.
    const asked = docker as unknown as Record<'info' | 'version', (options: object) => Promise<unknown>>;
    // What is nice to know may not use up the time in which the engine has to answer.
    const extras = () => AbortSignal.any([either, AbortSignal.timeout(boundMs / 2)]);
    const asking = orAborted(memoryLimits(docker, either), extras()).catch(() => undefined);
    const answers = Promise.all([asked.info(options), asked.version(options)]);
    const [info, version] = await orAborted(answers, either);
    const engine = engineReport(info, version);
    const isSameMachine = connection.isLocal && engine.hostName === hostname();
    const [limits, machine] = await Promise.all([
      asking,
      isSameMachine ? orAborted(readMachine(engine), extras()).catch(() => nothingKnown) : nothingKnown,
    ]);
    signal?.throwIfAborted();
    return engineFacts(engine, limits, machine, connection.isLocal);
  } catch (cause) {
    if (signal?.aborted) {
      throw new BerthError(l10n.t('The question to {0} was cancelled', formatEndpoint(endpoint)), {
        code: 'cancelled',
        cause,
      });
    }
    if (late.aborted && !isBerthError(cause)) {
      throw new BerthError(
        l10n.t(
          'Cannot reach {0}: no answer within {1} seconds. Is the engine overloaded, or its machine asleep?',
          formatEndpoint(endpoint),
          boundMs / 1000,
        ),
        { code: 'unreachable', cause },
      );
    }
    throw unreachable(endpoint, cause);
  }
}

const Info = z.object({
  Name: z.string().default(''),
  OSType: z.string().default('linux'),
  Architecture: z.string().default(''),
  OperatingSystem: z.string().default(''),
  ServerVersion: z.string().default(''),
  NCPU: z.number().default(1),
  MemTotal: z.number().default(0),
  DockerRootDir: z.string().default(''),
  Runtimes: z.record(z.string(), z.object({ path: z.string().default('') })).nullish(),
  DefaultRuntime: z.string().default(''),
  CDISpecDirs: z.array(z.string()).nullish(),
  DiscoveredDevices: z.array(z.object({ ID: z.string().default('') })).nullish(),
});
const Version = z.object({
  Version: z.string().default(''),
  Components: z.array(z.object({ Name: z.string(), Version: z.string().default('') })).nullish(),
});

/** What the engine says of itself. */
export interface EngineReport extends z.infer<typeof Info> {
  readonly isPodman: boolean;
  readonly version: string;
  readonly hostName: string;
}

/** Pure: `/info` and `/version`, checked. */
export function engineReport(infoAnswer: unknown, versionAnswer: unknown): EngineReport {
  const info = Info.parse(infoAnswer);
  const version = Version.parse(versionAnswer);
  const isPodman = version.Components?.some(({ Name }) => /podman/i.test(Name)) ?? false;
  // Without what distributions add, such as '+dfsg1'.
  const [number] = (version.Version || info.ServerVersion).split('+');
  return { ...info, isPodman, version: `${isPodman ? 'Podman' : 'Docker'} ${number}`, hostName: info.Name };
}

/** What only a look at the engine's own machine tells; undefined where we cannot look. */
export interface MachineReport {
  readonly freeMemoryBytes?: number;
  readonly freeDiskBytes?: number;
  /** Architectures, in Docker's words, that the kernel runs by an emulator. */
  readonly emulated: readonly string[];
  readonly hasGpuSpecs: boolean;
  /** Runtimes whose program is there. */
  readonly presentRuntimes?: readonly string[];
}
const nothingKnown: MachineReport = { emulated: [], hasGpuSpecs: false };

/** Pure: everything together. `limits`: memory limits of the running containers, 0 for none. */
export function engineFacts(
  engine: EngineReport,
  limits: readonly number[] | undefined,
  machine: MachineReport,
  isLocal: boolean,
): EngineFacts {
  const promised = limits?.reduce((sum, limit) => sum + limit, 0);
  const unpromised = promised === undefined ? undefined : Math.max(0, engine.MemTotal - promised);
  const free = [unpromised, machine.freeMemoryBytes].filter(bytes => bytes !== undefined);
  const runtimes = Object.keys(engine.Runtimes ?? {}).filter(
    name =>
      // Two old names of runc, and those that Podman lists though nobody installed them.
      !/^io\.containerd\.(runtime\.v1\.|runc\.)/.test(name) &&
      (!engine.isPodman || name === engine.DefaultRuntime || machine.presentRuntimes?.includes(name)),
  );
  return {
    version: engine.version,
    platforms: platformsOf(engine, machine.emulated),
    cpus: engine.NCPU,
    memoryBytes: engine.MemTotal,
    ...(free.length > 0 && { freeMemoryBytes: Math.min(...free) }),
    ...(machine.freeDiskBytes !== undefined && { freeDiskBytes: machine.freeDiskBytes }),
    runtimes: runtimes.sort(),
    defaultRuntime: engine.DefaultRuntime,
    gpus:
      machine.hasGpuSpecs ||
      Object.keys(engine.Runtimes ?? {}).some(name => /^nvidia/.test(name)) ||
      (engine.DiscoveredDevices ?? []).some(({ ID }) => /\/gpu/.test(ID)),
    isLocal,
  };
}

function platformsOf(engine: EngineReport, emulated: readonly string[]): string[] {
  const native = architecture(engine.Architecture);
  // These bring an emulator of the other one with them.
  const brings = /Docker Desktop|OrbStack/i.test(engine.OperatingSystem) ? ['amd64', 'arm64'] : [];
  const all = [...new Set([native, ...emulated, ...brings])].filter(name => name !== '');
  return all.map(name => `${engine.OSType}/${name}`);
}

/** The kernel's name of an architecture in Docker's words. */
function architecture(name: string): string {
  const names: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm/v7',
    armv6l: 'arm/v6',
    arm: 'arm/v7',
    i386: '386',
    i686: '386',
  };
  return names[name] ?? name;
}

async function memoryLimits(docker: Dockerode, signal: AbortSignal): Promise<number[]> {
  const running = await docker.listContainers({ abortSignal: signal });
  return await Promise.all(
    running.map(async ({ Id }) => {
      try {
        return (await docker.getContainer(Id).inspect({ abortSignal: signal })).HostConfig.Memory ?? 0;
      } catch (error) {
        // Gone since.
        if (statusOf(error) === 404) return 0;
        throw error;
      }
    }),
  );
}

async function readMachine(engine: EngineReport): Promise<MachineReport> {
  const [disk, emulated, hasGpuSpecs, presentRuntimes] = await Promise.all([
    statfs(engine.DockerRootDir).catch(() => undefined),
    readEmulators(),
    hasGpuSpec(engine),
    readRuntimes(engine),
  ]);
  return {
    freeMemoryBytes: freemem(),
    ...(disk && { freeDiskBytes: disk.bavail * disk.bsize }),
    emulated,
    hasGpuSpecs,
    presentRuntimes,
  };
}

/** Emulators that the kernel knows, as qemu-user-static and `tonistiigi/binfmt` register them. */
async function readEmulators(): Promise<string[]> {
  const names = await readdir('/proc/sys/fs/binfmt_misc').catch(() => []);
  return names.flatMap(name => {
    const emulated = /^qemu-([a-z0-9_]+)$/.exec(name)?.[1];
    return emulated === undefined ? [] : [architecture(emulated)];
  });
}

/** GPUs by CDI, the Container Device Interface. */
async function hasGpuSpec(engine: EngineReport): Promise<boolean> {
  const folders = engine.isPodman ? ['/etc/cdi', '/var/run/cdi'] : (engine.CDISpecDirs ?? []);
  const lists = await Promise.all(folders.map(folder => readdir(folder).catch(() => [])));
  return lists.flat().some(name => /^(nvidia|amd).*\.(ya?ml|json)$/i.test(name));
}

async function readRuntimes(engine: EngineReport): Promise<string[]> {
  const runtimes = Object.entries(engine.Runtimes ?? {});
  const present = await Promise.all(
    runtimes.map(async ([name, { path }]) => {
      const isThere = await stat(join('/', path)).then(
        () => true,
        () => false,
      );
      return isThere ? [name] : [];
    }),
  );
  return present.flat();
}
