/** `run_config`, the keyword arguments of docker-py's `containers.run`, key by key. A key that is not here is left out. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { isOwnNetwork, isSparable } from '../../workspace/overrides.ts';
import { EnvVariable } from '../../workspace/settings.ts';
import * as docker from './dockerPy.ts';
import type { Part, Reader } from './translation.ts';

const Text = z.string().max(65_536);

const text =
  (key: string): Reader =>
  value => ({ overrides: { [key]: Text.parse(value) } });
const texts =
  (key: string): Reader =>
  value => ({ overrides: { [key]: docker.texts(value) } });
const flag =
  (key: string): Reader =>
  value => ({ overrides: { [key]: z.literal(true).parse(value) } });
const number =
  (key: string): Reader =>
  value => ({ overrides: { [key]: z.int().parse(value) } });
const nothing: Reader = () => ({});

const ours: Reader = value => leftOut('refused', l10n.t('Berth decides this itself'), value);

export const runKeys: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  // The image's own command.
  ['command', value => ({ overrides: { command: docker.words(value) } })],
  ['entrypoint', value => ({ overrides: { entrypoint: docker.words(value) } })],
  ['user', value => ({ overrides: { user: String(z.union([Text, z.int().min(0)]).parse(value)) } })],
  ['working_dir', text('folder')],
  ['environment', environment],
  ['healthcheck', healthcheck],
  // Boot is an init.
  ['init', nothing],

  // Its place in the network.
  ['hostname', text('hostname')],
  ['domainname', value => ({ overrides: { domainname: docker.texts(value).join('.') } })],
  ['ports', publishedPorts],
  ['publish_all_ports', flag('publishAll')],
  ['network', network],
  ['network_mode', network],
  ['network_disabled', noNetwork],
  ['dns', texts('dns')],
  ['dns_opt', texts('dnsOptions')],
  ['dns_search', texts('dnsSearch')],
  ['extra_hosts', value => ({ overrides: { extraHosts: docker.hosts(value) } })],

  // What it shares with the host and with others.
  ['privileged', flag('privileged')],
  ['cap_add', value => ({ overrides: { capAdd: capabilities(value) } })],
  ['cap_drop', dropped],
  ['security_opt', securityOptions],
  ['volumes', value => ({ overrides: { mounts: docker.volumes(value) } })],
  ['mounts', mounts],
  ['volumes_from', value => ({ overrides: { volumesFrom: docker.texts(value) } })],
  ['volume_driver', text('volumeDriver')],
  ['devices', value => ({ overrides: { devices: docker.devices(value) } })],
  ['device_cgroup_rules', texts('deviceCgroupRules')],
  ['device_requests', deviceRequests],
  ['pid_mode', processes],
  ['ipc_mode', text('ipc')],
  ['uts_mode', text('uts')],
  ['userns_mode', text('userns')],
  ['cgroupns', text('cgroupns')],
  ['cgroup_parent', text('cgroupParent')],
  ['runtime', text('runtime')],
  ['group_add', texts('groups')],
  ['read_only', readOnly],

  // How much it may take.
  ['shm_size', sharedMemory],
  ['tmpfs', tmpfs],
  ['sysctls', value => ({ overrides: { sysctls: Object.fromEntries(docker.pairs(value)) } })],
  ['ulimits', value => ({ overrides: { ulimits: docker.ulimits(value) } })],
  ['pids_limit', number('pidsLimit')],
  ['oom_kill_disable', flag('oomKillDisable')],
  ['oom_score_adj', number('oomScoreAdjust')],
  ['log_config', logConfig],

  ...[
    ['name', 'labels', 'detach', 'image', 'auto_remove', 'restart_policy', 'remove', 'platform', 'version'],
    ['stdin_open', 'stdout', 'stderr', 'stream', 'tty', 'stop_signal', 'use_config_proxy'],
    ['mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'kernel_memory', 'nano_cpus'],
    ['cpu_count', 'cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares'],
    ['cpuset_cpus', 'cpuset_mems'],
  ]
    .flat()
    .map((key): [string, Reader] => [key, ours]),
]);

function environment(value: unknown): Part {
  const read = docker
    .variables(value)
    .map(([name, item]) => EnvVariable.safeParse({ name, value: item }).data ?? name);
  const known = read.filter(variable => typeof variable !== 'string');
  const bad = read.filter(variable => typeof variable === 'string');
  return {
    // docker-py gives such a name to the engine alone, which then takes the image's variable away.
    overrides: {
      unsetEnv: known.flatMap(({ name, value: given }) => (given === undefined ? [name] : [])),
    },
    env: known.filter(({ value: given }) => given !== undefined),
    leftOut: bad.map(name => ({
      level: 'unknown',
      words: l10n.t('It cannot be the name of a variable'),
      value: name.slice(0, 200),
    })),
  };
}

/** The forwards that people open; whether the host's own port is opened as well is for them to allow. */
function publishedPorts(value: unknown): Part {
  const all = docker.ports(value);
  const publish = all.filter(({ port }) => port !== 22);
  const web = [...new Set(publish.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port))];
  return {
    overrides: publish.length > 0 ? { publish } : {},
    ports: web.map(port => ({ port, label: '', protocol: isTls(port) ? 'https' : 'http' })),
    ...(publish.length < all.length && leftOut('refused', l10n.t('Port 22 is Berth’s own'), 22)),
  };
}

/** KasmVNC's, and those that are so by convention. */
function isTls(port: number): boolean {
  return port === 6901 || port === 443 || port === 8443;
}

function network(value: unknown): Part {
  const name = Text.parse(value);
  return isOwnNetwork(name) ? { overrides: { network: name } } : noNetwork(value);
}

function noNetwork(value: unknown): Part {
  return leftOut(
    'conflict',
    l10n.t('Nobody could connect: ssh needs a network of the workspace’s own, with its port 22'),
    value,
  );
}

/** 'host' or 'container:…'. */
function processes(value: unknown): Part {
  return leftOut(
    'conflict',
    l10n.t('Berth has to be the first process of the workspace, to look after all the others'),
    value,
  );
}

function readOnly(value: unknown): Part {
  return leftOut(
    'conflict',
    l10n.t('Berth has to prepare the workspace, which takes files that can be written'),
    value,
  );
}

function capabilities(value: unknown): string[] {
  return docker.texts(value).map(name => name.toUpperCase().replace(/^CAP_/, ''));
}

function dropped(value: unknown): Part {
  const all = capabilities(value);
  const needed = all.filter(name => !isSparable(name));
  return {
    overrides: { capDrop: all.filter(isSparable) },
    leftOut: needed.map(name => ({
      level: 'conflict',
      words: l10n.t('Without this right nobody could log in'),
      value: name,
    })),
  };
}

function securityOptions(value: unknown): Part {
  const all = docker.texts(value);
  const isNoNew = (option: string) => /^no-new-privileges/.test(option);
  return {
    overrides: { securityOpt: all.filter(option => !isNoNew(option)) },
    leftOut: all.filter(isNoNew).map(option => ({
      level: 'conflict',
      words: l10n.t('sudo would end, and with it much of what the workspace can do for you'),
      value: option,
    })),
  };
}

function mounts(value: unknown): Part {
  const read = docker.mounts(value);
  return { overrides: { mounts: read.mounts, ...(read.tmpfs.length > 0 && { tmpfs: read.tmpfs }) } };
}

function tmpfs(value: unknown): Part {
  const all = Array.isArray(value)
    ? docker.texts(value).map((line): [string, string] => {
        const [path = '', ...options] = line.split(':');
        return [path, options.join(':')];
      })
    : docker.pairs(value);
  return { overrides: { tmpfs: all.map(([path, options]) => ({ path, options })) } };
}

const mebibyte = 1024 * 1024;
/** Beyond it memory is better given as such. */
const mostSharedMiB = 16 * 1024;

function sharedMemory(value: unknown): Part {
  const wanted = Math.ceil(docker.bytes(value) / mebibyte);
  if (wanted <= mostSharedMiB) return { sharedMemoryMiB: Math.max(1, wanted) };
  return {
    sharedMemoryMiB: mostSharedMiB,
    ...leftOut('conflict', l10n.t('It gets {0} MiB and no more', mostSharedMiB), value),
  };
}

/** Names as in docker-py or as in the engine's API; times are nanoseconds in both. */
function healthcheck(value: unknown): Part {
  const plain = docker.lowerKeys(z.record(Text, z.unknown()).parse(value));
  const { test, ...times } = z
    .strictObject({
      test: z.union([Text, z.array(Text)]),
      interval: z.int().optional(),
      timeout: z.int().optional(),
      retries: z.int().optional(),
      start_period: z.int().optional(),
      startperiod: z.int().optional(),
    })
    .parse(plain);
  const startPeriod = times.start_period ?? times.startperiod;
  return {
    overrides: {
      healthcheck: {
        test: typeof test === 'string' ? ['CMD-SHELL', test] : test,
        ...(times.interval !== undefined && { interval: times.interval }),
        ...(times.timeout !== undefined && { timeout: times.timeout }),
        ...(times.retries !== undefined && { retries: times.retries }),
        ...(startPeriod !== undefined && { startPeriod }),
      },
    },
  };
}

const DeviceRequest = z.strictObject({
  driver: Text.nullish(),
  count: z.int().nullish(),
  deviceids: z.array(Text).nullish(),
  capabilities: z.array(z.array(Text)).nullish(),
});

/** GPUs; a second request has no place here. */
function deviceRequests(value: unknown): Part {
  const [request] = z.tuple([z.record(Text, z.unknown())]).parse(value);
  const plain = Object.entries(request)
    .filter(([, item]) => !(typeof item === 'object' && item !== null && Object.keys(item).length === 0))
    .map(([name, item]) => [name.toLowerCase().replaceAll('_', ''), item]);
  const { driver, count, deviceids: ids, capabilities } = DeviceRequest.parse(Object.fromEntries(plain));
  return {
    overrides: {
      gpus: {
        ...(driver && { driver }),
        ...(count && { count }),
        ...(ids && { ids }),
        ...(capabilities && { capabilities }),
      },
    },
  };
}

function logConfig(value: unknown): Part {
  const plain = docker.lowerKeys(z.record(Text, z.unknown()).parse(value));
  const { type, config } = z
    .strictObject({ type: Text.default(''), config: z.record(Text, z.unknown()).nullish() })
    .parse(plain);
  return { overrides: { log: { driver: type, options: Object.fromEntries(docker.pairs(config ?? {})) } } };
}

function leftOut(
  level: 'refused' | 'conflict',
  words: string,
  value: unknown,
): Pick<Part, 'leftOut'> & object {
  return { leftOut: [{ level, words, value: shortened(value) }] };
}

/** As JSON, cut where it would fill the page. */
export function shortened(value: unknown): string {
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  return json.length > 500 ? `${json.slice(0, 500)}…` : json;
}
