/** What a workspace's overrides add to its pod; what has no counterpart is said by grantSupport.ts. Pure. */
import { isClaimName, isPodHostname, isUnconfined, memorySize } from '../../workspace/grantSupport.ts';
import type { OverrideMount, Overrides } from '../../workspace/overrides.ts';
import type { Container, PodSpec, Volume } from './models.ts';
import { containerName } from './names.ts';

/** Berth's own volumes, ports, probes and limits stay as they are. */
export function withOverrides(spec: PodSpec, overrides: Overrides | undefined): PodSpec {
  if (overrides === undefined) return spec;
  const { hostname, ipc, groups = [], sysctls = {}, extraHosts = [] } = overrides;
  const { dns = [], dnsOptions = [], dnsSearch = [] } = overrides;
  const numbers = groups.filter(group => /^\d{1,9}$/.test(group)).map(Number);
  const hosts = extraHosts.filter(({ address }) => address !== 'host-gateway');
  const volumes = volumesOf(overrides);
  return {
    ...spec,
    ...(hostname !== undefined && isPodHostname(hostname) && { hostname }),
    ...(ipc === 'host' && { hostIPC: true }),
    ...(dns.length + dnsOptions.length + dnsSearch.length > 0 && {
      dnsConfig: {
        ...(dns.length > 0 && { nameservers: dns }),
        ...(dnsSearch.length > 0 && { searches: dnsSearch }),
        ...(dnsOptions.length > 0 && { options: dnsOptions.map(optionOf) }),
      },
    }),
    ...(hosts.length > 0 && {
      hostAliases: hosts.map(({ host, address }) => ({ ip: address, hostnames: [host] })),
    }),
    securityContext: {
      ...spec.securityContext,
      ...(numbers.length > 0 && { supplementalGroups: numbers }),
      ...(Object.keys(sysctls).length > 0 && {
        sysctls: [
          ...(spec.securityContext?.sysctls ?? []),
          ...Object.entries(sysctls).map(([name, value]) => ({ name, value })),
        ],
      }),
    },
    volumes: [...(spec.volumes ?? []), ...volumes.map(({ volume }) => volume)],
    containers: spec.containers.map(container =>
      container.name === containerName ? containerWith(container, overrides, volumes) : container,
    ),
  };
}

interface Mounted {
  readonly volume: Volume;
  readonly path: string;
  readonly readOnly: boolean;
}

function containerWith(container: Container, overrides: Overrides, volumes: readonly Mounted[]): Container {
  const security = securityOf(container.securityContext, overrides);
  return {
    ...container,
    ...(security && { securityContext: security }),
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      ...volumes.map(({ volume, path, readOnly }) => ({ name: volume.name, mountPath: path, readOnly })),
    ],
  };
}

/** A privileged container cannot be kept from gaining rights; whether any of it is let in is the server's to say. */
function securityOf(
  before: Container['securityContext'],
  { privileged, capAdd, capDrop, securityOpt = [] }: Overrides,
): Container['securityContext'] {
  const isFree = (what: string) =>
    securityOpt.some(option => isUnconfined(option) && option.startsWith(what));
  const { allowPrivilegeEscalation, ...rest } = before ?? {};
  const drop = [...(before?.capabilities?.drop ?? []), ...(capDrop ?? [])];
  const after = {
    ...rest,
    ...(allowPrivilegeEscalation !== undefined && !privileged && { allowPrivilegeEscalation }),
    ...(privileged && { privileged: true }),
    ...((capAdd || drop.length > 0) && {
      capabilities: { ...(capAdd && { add: capAdd }), ...(drop.length > 0 && { drop }) },
    }),
    ...(isFree('seccomp') && { seccompProfile: { type: 'Unconfined' } }),
    ...(isFree('apparmor') && { appArmorProfile: { type: 'Unconfined' } }),
  };
  return Object.keys(after).length > 0 ? after : undefined;
}

function volumesOf({ mounts = [], tmpfs = [] }: Overrides): Mounted[] {
  const known = mounts.filter(({ type, source }) => type !== 'volume' || isClaimName(source));
  return [
    ...known.map((mount, index) => ({
      volume: volumeOf(mount, `override-${index}`),
      path: mount.path,
      readOnly: mount.readOnly,
    })),
    ...tmpfs.map(({ path, options }, index) => {
      const sizeLimit = memorySize(options);
      const emptyDir = { medium: 'Memory', ...(sizeLimit !== undefined && { sizeLimit }) };
      return { volume: { name: `tmpfs-${index}`, emptyDir }, path, readOnly: false };
    }),
  ];
}

function volumeOf({ type, source, readOnly }: OverrideMount, name: string): Volume {
  switch (type) {
    case 'bind':
      return { name, hostPath: { path: source } };
    case 'volume':
      return { name, persistentVolumeClaim: { claimName: source, readOnly } };
    case 'anonymous':
      return { name, emptyDir: {} };
  }
}

/** resolv.conf(5) writes `ndots:2`. */
function optionOf(option: string): { name: string; value?: string } {
  const at = option.indexOf(':');
  return at < 0 ? { name: option } : { name: option.slice(0, at), value: option.slice(at + 1) };
}
