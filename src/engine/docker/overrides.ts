/** What a workspace's overrides add to the container that Docker makes of it. Key by key; grants.ts has the same keys. Pure. */
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { OverrideMount, Overrides } from '../../workspace/overrides.ts';

/** Berth's own port 22, mounts, labels, limits and first process stay as they are. */
export function withOverrides(
  options: ContainerCreateOptions,
  overrides: Overrides | undefined,
): ContainerCreateOptions {
  if (overrides === undefined) return options;
  const { hostname, domainname, folder, unsetEnv = [], healthcheck, publish = [], uts } = overrides;
  const { Hostname, HostConfig: host = {}, ...rest } = options;
  return {
    ...rest,
    // A container with the host's names cannot have one of its own.
    ...(uts !== 'host' && { Hostname: hostname ?? Hostname }),
    ...(domainname !== undefined && uts !== 'host' && { Domainname: domainname }),
    ...(folder !== undefined && { WorkingDir: folder }),
    // A name without a value takes the image's variable of that name away.
    ...(unsetEnv.length > 0 && { Env: [...(options.Env ?? []), ...unsetEnv] }),
    ...(healthcheck && {
      Healthcheck: {
        Test: healthcheck.test,
        Interval: healthcheck.interval ?? 0,
        Timeout: healthcheck.timeout ?? 0,
        StartPeriod: healthcheck.startPeriod ?? 0,
        Retries: healthcheck.retries ?? 0,
      },
    }),
    ...(publish.length > 0 && {
      ExposedPorts: {
        ...options.ExposedPorts,
        ...Object.fromEntries(publish.map(({ port, protocol }) => [`${port}/${protocol}`, {}])),
      },
    }),
    HostConfig: { ...host, ...shared(overrides), ...limits(overrides), ...lists(overrides, host) },
  };
}

function lists({ publish = [], mounts = [], tmpfs = [] }: Overrides, host: HostConfig): HostConfig {
  const bindings = new Map<string, { HostIp: string; HostPort: string }[]>();
  for (const { port, protocol, hostIp = '', hostPort } of publish) {
    const key = `${port}/${protocol}`;
    const binding = { HostIp: hostIp, HostPort: hostPort === undefined ? '' : String(hostPort) };
    bindings.set(key, [...(bindings.get(key) ?? []), binding]);
  }
  return {
    Mounts: [...(host.Mounts ?? []), ...mounts.map(mountOf)],
    ...(tmpfs.length > 0 && { Tmpfs: Object.fromEntries(tmpfs.map(({ path, options }) => [path, options])) }),
    PortBindings: {
      ...Object.fromEntries(bindings),
      ...host.PortBindings,
    },
  };
}

function mountOf({ type, source, path, readOnly }: OverrideMount): MountSettings {
  if (type === 'anonymous') return { Type: 'volume', Target: path, Source: '', ReadOnly: readOnly };
  return { Type: type, Source: source, Target: path, ReadOnly: readOnly };
}

/** What it shares with the engine's host and with others there. */
function shared(overrides: Overrides): HostConfig {
  const { privileged, capAdd, capDrop, securityOpt, volumesFrom, volumeDriver } = overrides;
  const { devices, deviceCgroupRules, gpus, groups, dns, dnsOptions, dnsSearch, extraHosts } = overrides;
  const { network, ipc, uts, userns, cgroupns, runtime, cgroupParent, publishAll } = overrides;
  return {
    ...(privileged && { Privileged: true }),
    ...(capAdd && { CapAdd: capAdd }),
    ...(capDrop && { CapDrop: capDrop }),
    ...(securityOpt && { SecurityOpt: securityOpt }),
    ...(volumesFrom && { VolumesFrom: volumesFrom }),
    ...(volumeDriver !== undefined && { VolumeDriver: volumeDriver }),
    ...(devices && {
      Devices: devices.map(({ host, container, permissions }) => ({
        PathOnHost: host,
        PathInContainer: container,
        CgroupPermissions: permissions,
      })),
    }),
    ...(deviceCgroupRules && { DeviceCgroupRules: deviceCgroupRules }),
    ...(gpus && {
      DeviceRequests: [
        {
          Driver: gpus.driver,
          ...(gpus.ids.length > 0 ? { DeviceIDs: gpus.ids } : { Count: gpus.count }),
          Capabilities: gpus.capabilities,
        },
      ],
    }),
    ...(groups && { GroupAdd: groups }),
    ...(dns && { Dns: dns }),
    ...(dnsOptions && { DnsOptions: dnsOptions }),
    ...(dnsSearch && { DnsSearch: dnsSearch }),
    ...(extraHosts && { ExtraHosts: extraHosts.map(({ host, address }) => `${host}:${address}`) }),
    ...(network !== undefined && { NetworkMode: network }),
    ...(ipc !== undefined && { IpcMode: ipc }),
    ...(uts !== undefined && { UTSMode: uts }),
    ...(userns !== undefined && { UsernsMode: userns }),
    ...(cgroupns !== undefined && { CgroupnsMode: cgroupns }),
    ...(runtime !== undefined && { Runtime: runtime }),
    ...(cgroupParent !== undefined && { CgroupParent: cgroupParent }),
    ...(publishAll && { PublishAllPorts: true }),
  };
}

function limits({ sysctls, ulimits, oomKillDisable, oomScoreAdjust, pidsLimit, log }: Overrides): HostConfig {
  return {
    ...(sysctls && { Sysctls: sysctls }),
    ...(ulimits && {
      Ulimits: ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    }),
    ...(oomKillDisable && { OomKillDisable: true }),
    ...(oomScoreAdjust !== undefined && { OomScoreAdj: oomScoreAdjust }),
    ...(pidsLimit !== undefined && { PidsLimit: pidsLimit }),
    ...(log && { LogConfig: { Type: log.driver, Config: log.options } }),
  };
}
