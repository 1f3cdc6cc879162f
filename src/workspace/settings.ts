/** What a person chooses for a workspace: the one schema that form, validation, docs and engines derive from. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { absolutePath } from './absolutePath.ts';
import { isTimeZone } from './dailyStop.ts';
import { field, secret } from './field.ts';
import { TargetId, WorkspaceName } from './name.ts';
import { CatalogueOrigin, Overrides } from './overrides.ts';

/** A user or group name, or a number, as useradd(8) and the OCI image config's `User` take them. */
const userName = z.string().regex(/^(?:[a-z_][a-z0-9_.-]{0,31}\$?|\d{1,10})$/i);
const port = z.int().min(1).max(65535);
/** One line of text without control characters. */
const line = z
  .string()
  .max(4096)
  .regex(/^\P{Cc}*$/u);
/** The id of a port or app: becomes a file name inside the workspace. */
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);

/** POSIX environment variable name. The value may hold anything but NUL; a newline does not reach ssh sessions. */
export const EnvVariable = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/),
  /** Absent only for a secret whose value stays what it is (see secrets.ts). */
  value: secret(
    z
      .string()
      .max(131072)
      .regex(/^[^\0]*$/)
      .optional(),
    { where: 'secret' },
  ),
  secret: z.boolean().default(false),
});
export type EnvVariable = z.infer<typeof EnvVariable>;

export const Label = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9._/-]{0,251}[a-zA-Z0-9])?$/)
    .refine(name => !name.startsWith('workspace.berth/'), {
      error: 'labels under workspace.berth/ are Berth’s own',
    }),
  value: line,
});
export type Label = z.infer<typeof Label>;

/** RFC 1123 subdomain: the name of an object of Kubernetes. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/);
/** A qualified name of Kubernetes, such as `nvidia.com/gpu`. */
export const qualifiedName = z
  .string()
  .max(317)
  .regex(/^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
/** The value of a label of Kubernetes. */
export const labelValue = z.string().regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/);

const mountCommon = {
  /** Where it appears; a data mount may leave it out and gets `/workspace/data/<name>`. */
  path: absolutePath.optional(),
  /** Names a data mount: read-only unless said otherwise. */
  name: slug.optional(),
  readOnly: z.boolean().default(true),
};
/** All values are secret: see secrets.ts. */
const driverOptions = secret(z.record(z.string().max(256), z.string().max(4096)).default({}));

/** A comma would end the option of mount.cifs(8) that it stands in. */
const withoutComma = line.regex(/^[^,]*$/);

/** Something beside the home that appears in the workspace. A required one that is missing fails by name. */
export const Mount = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bind'), source: absolutePath, ...mountCommon }),
  z.object({
    type: z.literal('volume'),
    source: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/),
    ...mountCommon,
  }),
  z.object({
    type: z.literal('nfs'),
    server: z.string().regex(/^[a-zA-Z0-9.:_-]{1,253}$/),
    source: absolutePath,
    options: line.default(''),
    ...mountCommon,
  }),
  z.object({
    type: z.literal('cifs'),
    /** `//server/share` */
    source: z.string().regex(/^\/\/[^/\0\n\r,]+\/[^\0\n\r,]+$/),
    username: withoutComma.optional(),
    /** Secret: kept in the record; the engine itself stores it in the volume's options. */
    password: secret(withoutComma.optional()),
    /** mount.cifs(8), but for who logs in. */
    options: line
      .refine(options => !/(?:^|,)\s*(?:user|pass|cred)/i.test(options), {
        error: () => l10n.t('User and password have fields of their own, which keep them secret.'),
      })
      .default(''),
    ...mountCommon,
  }),
  z.object({
    type: z.literal('driver'),
    driver: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_./:-]{0,254}$/),
    options: driverOptions,
    ...mountCommon,
  }),
  /** Kubernetes: the keys of a ConfigMap or Secret of the namespace as files. */
  z.object({ type: z.literal('configMap'), source: objectName, ...mountCommon }),
  z.object({ type: z.literal('secret'), source: objectName, ...mountCommon }),
]);
export type Mount = z.infer<typeof Mount>;

/** On which nodes' taints a pod may run all the same (core/v1 Toleration). */
export const Toleration = z.object({
  /** Empty: every taint. */
  key: z.union([qualifiedName, z.literal('')]).default(''),
  operator: z.enum(['Exists', 'Equal']).default('Exists'),
  value: labelValue.default(''),
  /** Empty: every effect. */
  effect: z.enum(['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute']).default(''),
});
export type Toleration = z.infer<typeof Toleration>;

/** A port inside the workspace that people open through a forward. 22 is always there and not listed. */
export const Port = z.object({
  port,
  label: line.max(60).default(''),
  protocol: z.enum(['http', 'https', 'tcp']).default('http'),
});
export type Port = z.infer<typeof Port>;

/** A program that boot keeps running beside sshd. */
export const App = z.object({
  id: slug,
  label: line.max(60).default(''),
  /** Run by `sh -c` in the workspace. */
  command: z
    .string()
    .min(1)
    .max(65536)
    .regex(/^[^\0]*$/),
  user: userName.optional(),
  folder: absolutePath.optional(),
  port: port.optional(),
  start: z.enum(['boot', 'open']).default('boot'),
  /** The path that answers below 400 when the app is ready; '' = the port accepts. */
  readyPath: line.default(''),
  restart: z.boolean().default(true),
});
export type App = z.infer<typeof App>;

/** Forges take a token for the user too. Names of people and organisations (`acme@dev.azure.com`) are shorter, or words. */
const tokenAsUser = /^https?:\/\/(?=[^/@]*\d)[^/@]{20,}@/;

/** Repository addresses that git takes, without a password and without options in disguise (`-x`) or remote helpers (`ext::`). */
const gitUrl = z
  .string()
  .max(2048)
  .regex(/^(?:(?:https?|ssh|git|file):\/\/[^\s]+|[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^\s]+)$/)
  .refine(url => !/^[a-z]+:\/\/[^/]*:[^/]*@/.test(url) && !tokenAsUser.test(url), {
    error: () => l10n.t('An address is no place for a password: choose a token as git access.'),
  });

/** An OpenSSH public key line: type, base64, optional comment; no options in front. */
export const PublicKey = z
  .string()
  .max(16384)
  .regex(
    /^(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,3}(?: [^\r\n]*)?$/,
  );

export const imageKinds = ['ssh', 'jupyter', 'rstudio', 'desktop', 'studio'] as const;
export type ImageKind = (typeof imageKinds)[number];

/** What is done about a newer image under the same tag; `start`: a start by Berth's command takes it first. */
const imageUpdateWays = ['never', 'ask', 'start'] as const;

export const WorkspaceSettings = z.object({
  image: field(
    z
      .string()
      .trim()
      .min(1)
      .max(512)
      .regex(/^[^\s\0]+$/),
    {
      title: 'Image',
      help: 'Any image reference, or one of the local images of the target. Images without an ssh server get one at the first boot.',
      helpOn: {
        kubernetes:
          'Any image reference. Images without an ssh server get one at every start, where pods may run as root; others have to bring it.',
      },
      reaches: true,
      group: 'basics',
      control: 'image',
      cost: 'rebuild',
      common: true,
      placeholder: 'debian:bookworm',
    },
  ),
  description: field(z.string().max(500).default(''), {
    title: 'Description',
    help: 'What this workspace is for, at most 500 characters.',
    group: 'basics',
    control: 'text',
    cost: 'live',
  }),
  kind: field(z.enum(imageKinds).default('ssh'), {
    title: 'Image kind',
    help: 'Sets the default apps and ports.',
    group: 'basics',
    control: 'choice',
    cost: 'restart',
    choices: {
      ssh: 'Plain',
      jupyter: 'JupyterLab',
      rstudio: 'RStudio',
      desktop: 'Desktop',
      studio: 'Studio (Seqera)',
    },
  }),
  imageUpdates: field(z.enum(imageUpdateWays).default('ask'), {
    title: 'Image updates',
    help: 'When the image’s tag stands for a newer image in its registry. An update keeps the home and makes everything outside it anew.',
    group: 'startup',
    control: 'choice',
    cost: 'live',
    choices: {
      never: 'Never look',
      ask: 'Mark it, and ask at a start',
      start: 'Take it at a start',
    },
  }),
  user: field(userName.optional(), {
    title: 'User',
    help: 'Who logs in. Empty: the image’s own user. A user the image lacks is made at boot, with passwordless sudo.',
    recent: true,
    group: 'advanced',
    control: 'text',
    cost: 'rebuild',
  }),
  home: field(absolutePath.optional(), {
    title: 'Home folder',
    help: 'Where the persistent home is mounted. Empty: the home of the user, as the image says.',
    recent: true,
    group: 'advanced',
    control: 'text',
    cost: 'rebuild',
  }),
  cpus: field(z.number().min(0.1).max(1024).default(2), {
    title: 'CPUs',
    help: 'Processor cores; fractions are allowed.',
    group: 'resources',
    control: 'number',
    cost: 'live',
    costOn: { kubernetes: 'restart' },
    common: true,
  }),
  memoryMiB: field(z.int().min(64).max(16_777_216).default(2048), {
    title: 'Memory',
    help: 'The most memory it may use, in MiB (1 GiB = 1024 MiB).',
    group: 'resources',
    control: 'number',
    cost: 'live',
    costOn: { kubernetes: 'restart' },
    common: true,
    unit: 'MiB',
  }),
  gpuCount: field(z.int().min(0).max(64).default(0), {
    title: 'GPUs',
    help: 'Whole GPUs.',
    group: 'resources',
    control: 'number',
    cost: 'rebuild',
    costOn: { kubernetes: 'restart' },
  }),
  gpuResource: field(qualifiedName.default('nvidia.com/gpu'), {
    title: 'GPU resource',
    help: 'What the cluster calls its GPUs.',
    group: 'resources',
    control: 'offered',
    offers: 'gpuResource',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  sharedMemoryMiB: field(z.int().min(1).max(16_777_216).default(64), {
    title: 'Shared memory',
    help: 'The size of /dev/shm, in MiB.',
    group: 'resources',
    control: 'number',
    cost: 'rebuild',
    costOn: { kubernetes: 'restart' },
    unit: 'MiB',
  }),
  cpuAllocation: field(z.enum(['inherit', 'quotas', 'shares']).default('inherit'), {
    title: 'CPU allocation',
    help: 'Quotas and Inherit: a hard limit. Shares: a weight that counts only under load.',
    group: 'resources',
    control: 'choice',
    cost: 'live',
    costOn: { kubernetes: 'restart' },
    helpOn: {
      kubernetes:
        'Processors and memory are reserved on the node for as long as the workspace is on. Quotas and Inherit: processors are a hard limit as well. Shares: it may use what others leave idle.',
    },
    choices: { inherit: 'Inherit', quotas: 'Quotas', shares: 'Shares' },
  }),
  diskGiB: field(z.int().min(1).max(65536).default(20), {
    title: 'Disk',
    help: 'The size of the persistent home, in GiB. Advisory: the engine does not enforce it.',
    helpOn: {
      kubernetes:
        'The size of the persistent home, in GiB. It can grow later where the storage class allows that, and never shrinks; it is advisory where the class does not enforce it. Only the home persists: everything outside it is lost at every stop.',
    },
    group: 'resources',
    control: 'number',
    cost: 'never',
    costOn: { kubernetes: 'live' },
    defaultOn: { kubernetes: 100 },
    unit: 'GiB',
  }),
  storageClass: field(objectName.optional(), {
    title: 'Storage class',
    help: 'Where the home is kept. Empty: the cluster’s default class.',
    group: 'storage',
    control: 'offered',
    offers: 'storageClass',
    cost: 'never',
    engines: ['kubernetes'],
  }),
  accessMode: field(z.enum(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany']).default('ReadWriteOnce'), {
    title: 'Access mode',
    help: 'How the home may be mounted: by pods of one node, by one pod, or by pods of many nodes where the storage class can do that.',
    group: 'storage',
    control: 'choice',
    cost: 'never',
    engines: ['kubernetes'],
    choices: {
      ReadWriteOnce: 'One node',
      ReadWriteOncePod: 'One pod',
      ReadWriteMany: 'Many nodes',
    },
  }),
  mounts: field(z.array(Mount).max(64).default([]), {
    title: 'Volumes and data',
    help: 'Folders of the host, volumes, NFS, CIFS or any volume driver. Data mounts are read-only under /workspace/data unless said otherwise. Passwords and the options of a volume driver stay in the workspace’s record and are never shown again.',
    helpOn: {
      kubernetes:
        'Persistent volume claims, folders of the node, NFS, and the keys of ConfigMaps and Secrets as files. Data mounts are read-only under /workspace/data unless said otherwise.',
    },
    reaches: true,
    group: 'storage',
    control: 'mounts',
    cost: 'rebuild',
    costOn: { kubernetes: 'restart' },
  }),
  ports: field(z.array(Port).max(64).default([]), {
    title: 'Ports',
    help: 'Ports that can be opened in the browser through a forward. SSH is always there.',
    group: 'apps',
    control: 'ports',
    cost: 'live',
  }),
  apps: field(z.array(App).max(32).default([]), {
    title: 'Apps',
    help: 'Programs kept running in the workspace.',
    reaches: true,
    group: 'apps',
    control: 'apps',
    cost: 'restart',
  }),
  env: field(z.array(EnvVariable).max(512).default([]), {
    title: 'Environment',
    help: 'Variables for every ssh session and app. Secret values stay in the workspace’s record and are never shown again.',
    reaches: true,
    group: 'environment',
    control: 'env',
    cost: 'restart',
  }),
  labels: field(z.array(Label).max(64).default([]), {
    title: 'Labels',
    help: 'Labels of your own on the container.',
    helpOn: { kubernetes: 'Labels of your own on the pod.' },
    group: 'environment',
    control: 'labels',
    cost: 'rebuild',
    costOn: { kubernetes: 'restart' },
  }),
  initScript: field(z.string().max(262_144).default(''), {
    title: 'Init script',
    help: 'Shell, run at every start. A failure is shown and not fatal.',
    reaches: true,
    group: 'startup',
    control: 'multiline',
    cost: 'restart',
  }),
  firstProcess: field(z.enum(['boot', 'beside', 'image']).default('boot'), {
    title: 'First process',
    help: 'Who is PID 1: Berth’s boot alone, boot with the image’s own command beside it, or the image’s own entrypoint (for /init and systemd).',
    group: 'startup',
    control: 'choice',
    cost: 'rebuild',
    costOn: { kubernetes: 'restart' },
    choices: {
      boot: 'Berth’s boot',
      beside: 'Boot, and the image’s command beside it',
      image: 'The image’s entrypoint',
    },
  }),
  stopGraceSeconds: field(z.int().min(1).max(120).default(10), {
    title: 'Stop grace',
    help: 'Seconds between asking programs to end and killing them.',
    group: 'startup',
    control: 'number',
    cost: 'restart',
    unit: 's',
  }),
  lifespanHours: field(z.int().min(0).max(120).default(0), {
    title: 'Lifespan',
    help: 'Hours after a start until it is stopped, at most 120; it can be extended while it runs. 0: it keeps running, and keeps costing.',
    group: 'time',
    control: 'number',
    cost: 'live',
    // What was made before there were limits, and says nothing of one, keeps running.
    defaultOn: { docker: 8, kubernetes: 8 },
    unit: 'h',
    endless: true,
  }),
  dailyStop: field(
    z
      .string()
      .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d)?$/)
      .default(''),
    {
      title: 'Daily stop',
      help: 'The time of day at which it is stopped, such as 19:00. Empty: never.',
      group: 'time',
      control: 'text',
      cost: 'live',
      placeholder: '19:00',
    },
  ),
  dailyStopZone: field(
    z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9_+/-]+$/)
      .refine(isTimeZone, { error: () => l10n.t('No such time zone. For example: Europe/Berlin, UTC.') })
      .default('UTC'),
    {
      title: 'Time zone of the daily stop',
      help: 'An IANA zone, such as Europe/Berlin. The stop keeps its hour when summer time begins and ends.',
      group: 'time',
      control: 'text',
      cost: 'live',
      placeholder: 'UTC',
    },
  ),
  idleMinutes: field(z.int().min(0).max(10_080).default(0), {
    title: 'Idle stop',
    help: 'Minutes without an ssh session or a connection to an app, after which it is stopped. 0: never.',
    group: 'time',
    control: 'number',
    cost: 'live',
    unit: 'min',
    endless: true,
  }),
  warningMinutes: field(z.int().min(0).max(60).default(10), {
    title: 'Warning',
    help: 'Minutes before such a stop, at which a notification and a line in every terminal say so.',
    group: 'time',
    control: 'number',
    cost: 'live',
    unit: 'min',
  }),
  loginLine: field(z.boolean().default(true), {
    title: 'Time left at login',
    help: 'One line at each login by ssh from a terminal, where a limit will stop the workspace.',
    group: 'time',
    control: 'checkbox',
    cost: 'live',
  }),
  repository: field(gitUrl.or(z.literal('')).default(''), {
    title: 'Git repository',
    help: 'Cloned into the home once, at the first boot.',
    reaches: true,
    recent: true,
    group: 'git',
    control: 'text',
    cost: 'restart',
    common: true,
    placeholder: 'https://github.com/owner/project.git',
  }),
  repositoryBranch: field(
    z
      .string()
      .max(255)
      .regex(/^(?:[A-Za-z0-9_][A-Za-z0-9_./-]*)?$/)
      .default(''),
    {
      title: 'Branch',
      help: 'Empty: the repository’s default branch.',
      group: 'git',
      control: 'text',
      cost: 'restart',
    },
  ),
  dotfiles: field(gitUrl.or(z.literal('')).default(''), {
    title: 'Dotfiles',
    help: 'A repository cloned to ~/dotfiles; its install.sh is run, else its files are linked. Once for each new container.',
    reaches: true,
    recent: true,
    group: 'git',
    control: 'text',
    cost: 'restart',
  }),
  gitUserName: field(line.max(200).default(''), {
    title: 'Git user name',
    help: 'Empty: not set. The form fills in this machine’s.',
    group: 'git',
    control: 'text',
    cost: 'restart',
  }),
  gitUserEmail: field(line.max(200).default(''), {
    title: 'Git e-mail',
    help: 'Empty: not set. The form fills in this machine’s.',
    group: 'git',
    control: 'text',
    cost: 'restart',
  }),
  gitAccess: field(z.enum(['none', 'key', 'token']).default('none'), {
    title: 'Git access',
    help: 'For private repositories: a key made by Berth, whose public half you add to the forge, or a token.',
    group: 'git',
    control: 'choice',
    cost: 'restart',
    choices: { none: 'None', key: 'A key made by Berth', token: 'A token' },
  }),
  gitToken: field(
    z
      .string()
      .max(4096)
      .regex(/^[\x21-\x7e]*$/)
      .optional(),
    {
      title: 'Git token',
      help: 'Kept in the workspace’s record, used for https repositories.',
      group: 'git',
      control: 'secret',
      cost: 'restart',
      secret: true,
    },
  ),
  publicKeys: field(z.array(PublicKey).max(256).default([]), {
    title: 'Extra public keys',
    help: 'OpenSSH public keys that may enter beside your own, one a line.',
    reaches: true,
    group: 'access',
    control: 'lines',
    cost: 'live',
  }),
  agentForwarding: field(z.boolean().default(false), {
    title: 'Forward the ssh agent',
    help: 'Lets programs in the workspace use the keys of this machine’s agent.',
    reaches: true,
    group: 'access',
    control: 'checkbox',
    cost: 'live',
  }),
  runtime: field(
    z
      .string()
      .regex(/^[a-zA-Z0-9_.-]{1,64}$/)
      .optional(),
    {
      title: 'Container runtime',
      help: 'Where the engine has others than its default (sysbox, gVisor, Kata).',
      helpOn: { kubernetes: 'A runtime class of the cluster (gVisor, Kata). Empty: its default runtime.' },
      group: 'advanced',
      control: 'runtime',
      offers: 'runtimeClass',
      cost: 'rebuild',
      costOn: { kubernetes: 'restart' },
    },
  ),
  nodeSelector: field(
    z
      .array(z.object({ name: qualifiedName, value: labelValue }))
      .max(32)
      .default([]),
    {
      title: 'Node selector',
      help: 'Labels that a node must have to run the workspace.',
      group: 'placement',
      control: 'labels',
      offers: 'nodeLabel',
      cost: 'restart',
      engines: ['kubernetes'],
    },
  ),
  tolerations: field(z.array(Toleration).max(32).default([]), {
    title: 'Tolerations',
    help: 'Taints of nodes that do not keep the workspace away.',
    group: 'placement',
    control: 'tolerations',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  priorityClass: field(objectName.optional(), {
    title: 'Priority class',
    help: 'Who goes first when the cluster is full. Empty: the cluster’s default.',
    group: 'placement',
    control: 'offered',
    offers: 'priorityClass',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  serviceAccount: field(objectName.optional(), {
    title: 'Service account',
    help: 'Whose rights programs in the workspace have on the cluster. Empty: none, and no token is put in.',
    reaches: true,
    group: 'advanced',
    control: 'offered',
    offers: 'serviceAccount',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  imagePullSecrets: field(z.array(objectName).max(16).default([]), {
    title: 'Image pull secrets',
    help: 'Secrets of the namespace with which the cluster logs in to the image’s registry.',
    group: 'advanced',
    control: 'offeredLines',
    offers: 'pullSecret',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  imagePullPolicy: field(z.enum(['IfNotPresent', 'Always', 'Never']).default('IfNotPresent'), {
    title: 'Image pull policy',
    help: 'When a node pulls the image. It is the recorded digest in any case.',
    group: 'advanced',
    control: 'choice',
    cost: 'restart',
    engines: ['kubernetes'],
    choices: { IfNotPresent: 'Where the node lacks it', Always: 'At every start', Never: 'Never' },
  }),
  service: field(z.enum(['none', 'nodePort', 'loadBalancer']).default('none'), {
    title: 'Publish ssh',
    help: 'Not needed to connect: Berth forwards through the cluster’s API. A service makes port 22 reachable by whoever reaches the node or the balancer.',
    reaches: true,
    group: 'access',
    control: 'choice',
    cost: 'live',
    engines: ['kubernetes'],
    choices: { none: 'No', nodePort: 'As a NodePort', loadBalancer: 'By a load balancer' },
  }),
  annotations: field(z.array(Label).max(64).default([]), {
    title: 'Annotations',
    help: 'Annotations of your own on the pod.',
    group: 'environment',
    control: 'labels',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  podPatch: field(z.string().max(65_536).default(''), {
    title: 'Pod patch',
    help: 'For what this form does not know: YAML or JSON that is merged into the pod as a strategic merge patch, last of all.',
    reaches: true,
    group: 'advanced',
    control: 'multiline',
    cost: 'restart',
    engines: ['kubernetes'],
  }),
  fromCatalogue: field(CatalogueOrigin.optional(), {
    title: 'From the catalogue',
    help: 'The entry that these settings came from.',
    group: 'advanced',
    control: 'hidden',
    cost: 'live',
  }),
  overrides: field(Overrides.optional(), {
    title: 'Run and exec overrides',
    help: 'What a catalogue’s entry wants of the engine beyond these settings. It has to be allowed first.',
    reaches: true,
    group: 'advanced',
    control: 'hidden',
    cost: 'rebuild',
    costOn: { kubernetes: 'restart' },
  }),
});
export type WorkspaceSettings = z.infer<typeof WorkspaceSettings>;
/** Settings as typed in or read from a file: everything that has a default may be absent. */
export type SettingsInput = z.input<typeof WorkspaceSettings>;

/** The form: where, which name, and the settings. A template is the settings alone. */
export const WorkspaceForm = z.object({
  target: field(TargetId, {
    title: 'Target',
    help: 'Where the workspace runs.',
    group: 'basics',
    control: 'target',
    cost: 'never',
    common: true,
  }),
  name: field(WorkspaceName, {
    title: 'Name',
    help: 'Lower-case letters, digits and dashes, at most 40. It becomes the ssh alias and never changes.',
    group: 'basics',
    control: 'name',
    cost: 'never',
    common: true,
  }),
  ...WorkspaceSettings.shape,
});
export type WorkspaceForm = z.infer<typeof WorkspaceForm>;
