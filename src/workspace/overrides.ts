/**
 * What a catalogue's entry may want of the engine beyond Berth's own settings: a closed schema. What is not named here
 * cannot reach an engine. Docker's words and meaning; grants.ts says in words what each of them lets the workspace do.
 */
import * as z from 'zod';
import { absolutePath } from './absolutePath.ts';

/** One line without control characters. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^\P{Cc}*$/u);
const text = z
  .string()
  .max(16_384)
  .regex(/^[^\0]*$/);
/** A name as engines give them to containers, networks, volumes and runtimes. */
const name = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_./:-]{0,254}$/);
const word = z.string().regex(/^[A-Za-z0-9_.:/@=+,-]{1,255}$/);
const port = z.int().min(1).max(65535);
const argv = z.array(text).min(1).max(256);
const address = z.string().regex(/^[0-9a-fA-F.:]{2,45}$/);
const nanoseconds = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
const user = z.string().regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,63}(?::[A-Za-z0-9_.][A-Za-z0-9_.-]{0,63})?$/);

/** Where boot and the record are: nothing may stand over them. */
const ownFolder = '/berth';
/** A place in the workspace that is not Berth's own. */
const place = absolutePath.refine(path => {
  const plain = path
    .replace(/\/+/g, '/')
    .replace(/\/\.?(?=\/|$)/g, '/')
    .replace(/\/+/g, '/')
    .replace(/(?<=.)\/$/, '');
  return (
    plain !== '/' &&
    !/(?:^|\/)\.\.(?:\/|$)/.test(plain) &&
    plain !== ownFolder &&
    !plain.startsWith(`${ownFolder}/`)
  );
});

const needed: ReadonlySet<string> = new Set(['ALL', 'SETUID', 'SETGID', 'SYS_CHROOT']);
/** Whether sshd, sudo and boot can do without the capability. */
export function isSparable(capability: string): boolean {
  return !needed.has(capability);
}

/** Whether ssh has a port 22 of its own there, which it has neither without a network nor in that of somebody else. */
export function isOwnNetwork(network: string): boolean {
  return network !== 'none' && network !== 'host' && !network.includes(':');
}

/** A volume or container that is a part of a workspace: its home, its record. */
function isBerthsOwn(object: string): boolean {
  return object.startsWith('berth-');
}

/** A port of the workspace that the engine opens on its own host. */
export const PublishedPort = z.strictObject({
  port,
  protocol: z.enum(['tcp', 'udp', 'sctp']).default('tcp'),
  /** Absent: every address of the host. */
  hostIp: address.optional(),
  /** Absent: one that the engine chooses. */
  hostPort: port.optional(),
});
export type PublishedPort = z.infer<typeof PublishedPort>;

export const OverrideMount = z
  .strictObject({
    /** A folder or file of the engine's host; a volume of the engine; a new volume that goes with the container. */
    type: z.enum(['bind', 'volume', 'anonymous']),
    /** '' for anonymous. */
    source: z.union([absolutePath, name.refine(volume => !isBerthsOwn(volume)), z.literal('')]),
    path: place,
    readOnly: z.boolean().default(false),
  })
  .refine(({ type, source }) =>
    type === 'anonymous' ? source === '' : source.startsWith('/') === (type === 'bind'),
  );
export type OverrideMount = z.infer<typeof OverrideMount>;

/** What `exec_config` runs in the workspace at its moment. */
export const ExecCommand = z.strictObject({
  /** Words, run without a shell. */
  command: argv,
  user: user.optional(),
  privileged: z.literal(true).optional(),
  environment: z.record(variable, text).optional(),
  folder: absolutePath.optional(),
});
export type ExecCommand = z.infer<typeof ExecCommand>;

/** The moments of `exec_config`: first_launch, assign, go. */
export type ExecMoment = 'firstLaunch' | 'assign' | 'go';

export const Overrides = z.strictObject({
  hostname: z
    .string()
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/)
    .optional(),
  domainname: z
    .string()
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/)
    .optional(),
  /** As whom the image's own command runs. */
  user: user.optional(),
  /** Where the image's own command runs. */
  folder: absolutePath.optional(),
  /** In place of the image's own; an entrypoint does away with the image's command, too. */
  entrypoint: z.array(text).max(256).optional(),
  command: z.array(text).max(256).optional(),
  /** Variables of the image that the workspace does without. */
  unsetEnv: z.array(variable).max(256).optional(),
  healthcheck: z
    .strictObject({
      /** As Docker takes it: 'NONE', or 'CMD' or 'CMD-SHELL' first. */
      test: argv,
      interval: nanoseconds.optional(),
      timeout: nanoseconds.optional(),
      startPeriod: nanoseconds.optional(),
      retries: z.int().min(0).max(1000).optional(),
    })
    .optional(),
  tmpfs: z
    .array(z.strictObject({ path: place, options: line(256).default('') }))
    .max(32)
    .optional(),
  publish: z.array(PublishedPort).max(64).optional(),
  publishAll: z.literal(true).optional(),
  mounts: z.array(OverrideMount).max(64).optional(),
  volumesFrom: z
    .array(name.refine(container => !isBerthsOwn(container)))
    .max(16)
    .optional(),
  volumeDriver: name.optional(),
  devices: z
    .array(
      z.strictObject({
        host: absolutePath,
        container: absolutePath,
        permissions: z
          .string()
          .regex(/^[rwm]{1,3}$/)
          .default('rwm'),
      }),
    )
    .max(64)
    .optional(),
  deviceCgroupRules: z.array(line(128)).max(32).optional(),
  gpus: z
    .strictObject({
      driver: word.or(z.literal('')).default(''),
      /** -1: all. */
      count: z.int().min(-1).max(64).default(0),
      ids: z.array(word).max(64).default([]),
      capabilities: z
        .array(z.array(word).max(16))
        .max(16)
        .default([['gpu']]),
    })
    .optional(),
  privileged: z.literal(true).optional(),
  /** Upper case, without 'CAP_'. */
  capAdd: z
    .array(z.string().regex(/^[A-Z_]{2,40}$/))
    .max(64)
    .optional(),
  capDrop: z
    .array(
      z
        .string()
        .regex(/^[A-Z_]{2,40}$/)
        .refine(isSparable),
    )
    .max(64)
    .optional(),
  securityOpt: z
    .array(line(8_192).refine(option => !/^no-new-privileges/.test(option)))
    .max(16)
    .optional(),
  network: name.refine(isOwnNetwork).optional(),
  ipc: word.optional(),
  uts: word.optional(),
  userns: word.optional(),
  cgroupns: word.optional(),
  runtime: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{1,64}$/)
    .optional(),
  cgroupParent: line(255).optional(),
  sysctls: z.record(z.string().regex(/^[a-z0-9_./-]{1,128}$/i), line(255)).optional(),
  ulimits: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z]{2,16}$/),
        /** -1: none. */
        soft: z.int().min(-1),
        hard: z.int().min(-1),
      }),
    )
    .max(32)
    .optional(),
  groups: z
    .array(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/))
    .max(64)
    .optional(),
  dns: z.array(address).max(8).optional(),
  dnsOptions: z.array(line(128)).max(16).optional(),
  dnsSearch: z.array(line(255)).max(16).optional(),
  extraHosts: z
    .array(
      z.strictObject({
        host: z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,252})$/),
        address: z.union([address, z.literal('host-gateway')]),
      }),
    )
    .max(64)
    .optional(),
  oomKillDisable: z.literal(true).optional(),
  oomScoreAdjust: z.int().min(-1000).max(1000).optional(),
  /** -1: no limit. */
  pidsLimit: z.int().min(-1).optional(),
  log: z
    .strictObject({
      driver: z.string().regex(/^[a-zA-Z0-9_./:-]{0,64}$/),
      options: z.record(z.string().max(128), z.string().max(1024)).default({}),
    })
    .optional(),
  /** Once, after the workspace was created. */
  firstLaunch: ExecCommand.optional(),
  /** At hand-over: whenever it was started and somebody connects with Berth. */
  assign: ExecCommand.optional(),
  /** When an address is to be opened in it; the address is in its variable KASM_URL. */
  go: ExecCommand.optional(),
});
export type Overrides = z.infer<typeof Overrides>;

/** From which catalogue's entry a workspace's settings came, and what that was then. */
export const CatalogueOrigin = z.strictObject({
  /** The catalogue's address, as it was added. */
  catalogue: z.string().min(1).max(2_000),
  /** The entry's id in it. */
  entry: z.string().min(1).max(220),
  channel: z.string().max(128).optional(),
  /** Of the entry's images and configs: another one is to be reviewed again. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** The author's own mark of a change. */
  sha: z.string().max(200).optional(),
});
export type CatalogueOrigin = z.infer<typeof CatalogueOrigin>;
