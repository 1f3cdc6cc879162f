/** Values in the many forms that docker-py takes them in, read into one. Each throws where it does not understand. Pure. */
import * as z from 'zod';
import type { OverrideMount, PublishedPort } from '../../workspace/overrides.ts';
import { shellWords } from './shellWords.ts';

const Text = z.string().max(65_536);
const Texts = z.array(Text).max(1_000);
const Whole = z.int();

/** A command: words, or a line that is taken apart as a shell would. */
export function words(value: unknown): string[] {
  return typeof value === 'string' ? shellWords(Text.parse(value)) : Texts.parse(value);
}

/** One text or several. */
export function texts(value: unknown): string[] {
  const list = z
    .array(z.union([Text, Whole]))
    .max(1_000)
    .parse(Array.isArray(value) ? value : [value]);
  return list.map(String);
}

/** A dict, or a list of `NAME=value`. A value that is null or missing is undefined; a number is its text. */
export function variables(value: unknown): [string, string | undefined][] {
  const Value = z.union([Text, z.number(), z.boolean(), z.null()]);
  if (Array.isArray(value)) {
    return Texts.parse(value).map(line => {
      const at = line.indexOf('=');
      return at < 0 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)];
    });
  }
  return Object.entries(z.record(Text, Value).parse(value)).map(([name, item]) => [
    name,
    item === null ? undefined : String(item),
  ]);
}

/** The same where no value is as good as an empty one. */
export function pairs(value: unknown): [string, string][] {
  return variables(value).map(([name, item]) => [name, item ?? '']);
}

const units: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** A number of bytes, or a text with a unit: '512m', '1g', '1GB'. */
export function bytes(value: unknown): number {
  if (typeof value === 'number') return Whole.min(0).parse(value);
  const [, amount = '', unit = 'b'] =
    /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([bkmgt])?b?\s*$/i.exec(Text.parse(value)) ?? [];
  if (amount === '') throw new SyntaxError('not a size');
  return Math.floor(Number(amount) * (units[unit.toLowerCase()] ?? 1));
}

/** A dict from the container's port ('80/tcp') to host ports, or a list of '127.0.0.1:8080:80/tcp'. */
export function ports(value: unknown): PublishedPort[] {
  if (Array.isArray(value)) return value.map(item => portLine(item));
  return Object.entries(z.record(Text, z.unknown()).parse(value)).flatMap(([key, host]) => {
    const inside = containerPort(key);
    return hostsOf(host).map(found => ({ ...inside, ...found }));
  });
}

type Host = Pick<PublishedPort, 'hostIp' | 'hostPort'>;

/** null: any port. A number. An address with a port. A list of these. An empty list: not published at all. */
function hostsOf(value: unknown): Host[] {
  if (!Array.isArray(value)) return [hostOf(value)];
  const isAddress = value.length === 2 && typeof value[0] === 'string' && /[.:]/.test(value[0]);
  return isAddress ? [hostOf(value)] : value.map(hostOf);
}

function hostOf(value: unknown): Host {
  if (value === null || value === '') return {};
  if (Array.isArray(value)) {
    const [hostIp, hostPort] = z.tuple([Text, z.unknown()]).parse(value);
    return { ...hostOf(hostPort), ...withIp(hostIp) };
  }
  return { hostPort: portNumber(value) };
}

/** Every address of the host is what no address means. */
function withIp(address: string): Host {
  return address === '' || address === '0.0.0.0' || address === '::' ? {} : { hostIp: address };
}

function containerPort(text: string): Pick<PublishedPort, 'port' | 'protocol'> {
  const [number = '', protocol = 'tcp'] = text.split('/');
  return { port: portNumber(number), protocol: z.enum(['tcp', 'udp', 'sctp']).parse(protocol.toLowerCase()) };
}

function portLine(value: unknown): PublishedPort {
  if (typeof value === 'number') return { ...containerPort(String(value)) };
  const parts = Text.parse(value).split(':');
  const inside = containerPort(parts.pop() ?? '');
  const hostPort = parts.pop();
  const address = parts.join(':').replace(/^\[|\]$/g, '');
  return { ...inside, ...(hostPort ? { hostPort: portNumber(hostPort) } : {}), ...withIp(address) };
}

function portNumber(value: unknown): number {
  const text = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return z.int().min(1).max(65535).parse(text);
}

const Bind = z.strictObject({ bind: Text, mode: Text.optional(), ro: z.boolean().optional() });

/** A dict from host path or volume to where it goes, or a list of 'source:path:mode' and of paths alone. */
export function volumes(value: unknown): OverrideMount[] {
  if (typeof value === 'string' || Array.isArray(value)) return texts(value).map(volumeLine);
  return Object.entries(z.record(Text, z.union([Text, Bind])).parse(value)).map(([source, bind]) => {
    if (typeof bind === 'string') return mount(source, bind, 'rw');
    const mode = bind.ro === undefined ? (bind.mode ?? 'rw') : bind.ro ? 'ro' : 'rw';
    return mount(source, bind.bind, mode);
  });
}

function volumeLine(line: string): OverrideMount {
  const [first = '', path, mode = 'rw', ...more] = line.split(':');
  if (more.length > 0) throw new SyntaxError('not a volume');
  if (path === undefined) return { type: 'anonymous', source: '', path: first, readOnly: false };
  return mount(first, path, mode);
}

/** Labels of SELinux change nothing elsewhere; a propagation would reach the host's own mounts, and is not understood. */
function mount(source: string, path: string, mode: string): OverrideMount {
  const modes = mode.split(',').filter(Boolean);
  if (!modes.every(option => /^(?:ro|rw|z|Z)$/.test(option))) throw new SyntaxError('not a mode');
  const type = source.startsWith('/') ? 'bind' : 'volume';
  return { type, source, path, readOnly: modes.includes('ro') };
}

const MountDict = z.strictObject({
  target: Text,
  source: Text.nullish(),
  type: z.enum(['bind', 'volume', 'tmpfs']).default('volume'),
  readonly: z.boolean().nullish(),
  /** Of tmpfs, in bytes or with a unit. */
  tmpfssize: z.union([Text, z.number()]).nullish(),
  consistency: Text.nullish(),
  nocopy: z.boolean().nullish(),
});

export interface Mounts {
  readonly mounts: readonly OverrideMount[];
  readonly tmpfs: readonly { readonly path: string; readonly options: string }[];
}

/** Dicts with the names of the engine's API or of docker.types.Mount's arguments; further options are not understood. */
export function mounts(value: unknown): Mounts {
  const all = z
    .array(z.record(Text, z.unknown()))
    .max(64)
    .parse(value)
    .map(item => {
      const plain = Object.entries(item)
        .filter(([, option]) => option !== null)
        .map(([name, option]) => [name.toLowerCase().replaceAll('_', ''), option]);
      return MountDict.parse(Object.fromEntries(plain));
    });
  const others = all.filter(({ type }) => type !== 'tmpfs');
  return {
    tmpfs: all
      .filter(({ type }) => type === 'tmpfs')
      .map(({ target, tmpfssize }) => ({
        path: target,
        options: tmpfssize ? `size=${bytes(tmpfssize)}` : '',
      })),
    mounts: others.map(({ type, source, target, readonly }) => ({
      type: type === 'bind' ? 'bind' : source ? 'volume' : 'anonymous',
      source: source ?? '',
      path: target,
      readOnly: readonly ?? false,
    })),
  };
}

export interface Device {
  readonly host: string;
  readonly container: string;
  readonly permissions: string;
}

/** 'host', 'host:container' or 'host:container:rwm'; a dict as the engine's API has it. */
export function devices(value: unknown): Device[] {
  const Dict = z.strictObject({
    PathOnHost: Text,
    PathInContainer: Text.optional(),
    CgroupPermissions: Text.optional(),
  });
  return z
    .array(z.union([Text, Dict]))
    .parse(Array.isArray(value) ? value : [value])
    .map(device => {
      if (typeof device !== 'string') {
        const {
          PathOnHost: host,
          PathInContainer: container = host,
          CgroupPermissions: permissions = 'rwm',
        } = device;
        return { host, container, permissions };
      }
      const [host = '', second = host, third, ...more] = device.split(':');
      if (more.length > 0) throw new SyntaxError('not a device');
      // As docker run has it: what begins with no slash is permissions.
      return third === undefined && !second.startsWith('/')
        ? { host, container: host, permissions: second }
        : { host, container: second, permissions: third ?? 'rwm' };
    });
}

/** Dicts, the names in any case; one limit alone is both. */
export function ulimits(value: unknown): { name: string; soft: number; hard: number }[] {
  const Dict = z.strictObject({ name: Text, soft: Whole.optional(), hard: Whole.optional() });
  return z
    .array(z.record(Text, z.unknown()))
    .parse(value)
    .map(item => {
      const { name, soft, hard } = Dict.parse(lowerKeys(item));
      const one = soft ?? hard;
      if (one === undefined) throw new SyntaxError('no limit');
      return { name, soft: one, hard: hard ?? one };
    });
}

/** Of hosts: a dict from name to address, or a list of 'name:address'. */
export function hosts(value: unknown): { host: string; address: string }[] {
  if (!Array.isArray(value)) return pairs(value).map(([host, address]) => ({ host, address }));
  return Texts.parse(value).map(line => {
    const at = line.search(/[:=]/);
    if (at < 0) throw new SyntaxError('no address');
    return { host: line.slice(0, at), address: line.slice(at + 1) };
  });
}

export function lowerKeys(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toLowerCase(), item]));
}
