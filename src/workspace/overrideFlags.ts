/** A workspace's overrides as flags of `docker run`. Pure. */
import type { Overrides } from './overrides.ts';

/** Each flag with its value; hostname, user and command stand elsewhere in the line. */
export function overrideFlags(overrides: Overrides): string[][] {
  const list = <T>(flag: string, items: readonly T[] | undefined, say: (item: T) => string = String) =>
    (items ?? []).map(item => [flag, say(item)]);
  const one = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [[flag, String(value)]];
  const { healthcheck: health, gpus, log, folder, privileged, publishAll, oomKillDisable } = overrides;
  return [
    ...one('--domainname', overrides.domainname),
    ...one('--workdir', folder),
    ...(health ? healthFlags(health) : []),
    ...list('--tmpfs', overrides.tmpfs, ({ path, options }) => [path, options].filter(Boolean).join(':')),
    ...list('-p', overrides.publish, ({ port, protocol, hostIp = '', hostPort = '' }) => {
      const host = hostIp.includes(':') ? `[${hostIp}]` : hostIp;
      const inside = protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
      return host === '' && hostPort === '' ? inside : `${host && `${host}:`}${hostPort}:${inside}`;
    }),
    ...(publishAll ? [['--publish-all']] : []),
    ...list('-v', overrides.mounts, ({ source, path, readOnly }) =>
      [source, path, readOnly && 'ro'].filter(Boolean).join(':'),
    ),
    ...list('--volumes-from', overrides.volumesFrom),
    ...one('--volume-driver', overrides.volumeDriver),
    ...list('--device', overrides.devices, ({ host, container, permissions }) =>
      [host, container, permissions].join(':'),
    ),
    ...list('--device-cgroup-rule', overrides.deviceCgroupRules),
    ...(gpus ? [['--gpus', gpusText(gpus)]] : []),
    ...(privileged ? [['--privileged']] : []),
    ...list('--cap-add', overrides.capAdd),
    ...list('--cap-drop', overrides.capDrop),
    ...list('--security-opt', overrides.securityOpt),
    ...one('--network', overrides.network),
    ...one('--ipc', overrides.ipc),
    ...one('--uts', overrides.uts),
    ...one('--userns', overrides.userns),
    ...one('--cgroupns', overrides.cgroupns),
    ...one('--runtime', overrides.runtime),
    ...one('--cgroup-parent', overrides.cgroupParent),
    ...list('--sysctl', Object.entries(overrides.sysctls ?? {}), pair => pair.join('=')),
    ...list('--ulimit', overrides.ulimits, ({ name, soft, hard }) => `${name}=${soft}:${hard}`),
    ...list('--group-add', overrides.groups),
    ...list('--dns', overrides.dns),
    ...list('--dns-option', overrides.dnsOptions),
    ...list('--dns-search', overrides.dnsSearch),
    ...list('--add-host', overrides.extraHosts, ({ host, address }) => `${host}:${address}`),
    ...(oomKillDisable ? [['--oom-kill-disable']] : []),
    ...one('--oom-score-adj', overrides.oomScoreAdjust),
    ...one('--pids-limit', overrides.pidsLimit),
    ...(log ? [['--log-driver', log.driver]] : []),
    ...list('--log-opt', Object.entries(log?.options ?? {}), pair => pair.join('=')),
  ];
}

function healthFlags({
  test,
  interval,
  timeout,
  startPeriod,
  retries,
}: NonNullable<Overrides['healthcheck']>) {
  const time = (flag: string, nanoseconds: number | undefined) =>
    nanoseconds === undefined ? [] : [[flag, `${nanoseconds}ns`]];
  const [kind, ...words] = test;
  return [
    ['--health-cmd', kind === 'CMD' || kind === 'CMD-SHELL' ? words.join(' ') : test.join(' ')],
    ...time('--health-interval', interval),
    ...time('--health-timeout', timeout),
    ...time('--health-start-period', startPeriod),
    ...(retries === undefined ? [] : [['--health-retries', String(retries)]]),
  ];
}

function gpusText({ count, ids }: NonNullable<Overrides['gpus']>): string {
  if (ids.length > 0) return `"device=${ids.join(',')}"`;
  return count === -1 ? 'all' : String(count);
}
