/** Which grants an engine has no counterpart for: shown before a creation, and never dropped in silence. Pure. */
import type { EngineKind } from './field.ts';
import { type Grant, grantsOf } from './grants.ts';
import type { Overrides } from './overrides.ts';
import { objectName } from './settings.ts';

/** Docker has them all; they are its words. */
export function withoutCounterpart(overrides: Overrides, engine: EngineKind): readonly Grant[] {
  return engine === 'docker' ? [] : grantsOf(overrides).filter(grant => !isOnKubernetes(grant));
}

/** As podOverrides.ts does it. */
function isOnKubernetes({ key, part }: Grant): boolean {
  switch (key) {
    case 'user':
    case 'folder':
    case 'entrypoint':
    case 'command':
    case 'privileged':
    case 'capAdd':
    case 'capDrop':
    case 'dns':
    case 'dnsOptions':
    case 'dnsSearch':
      return true;
    case 'hostname':
      return part.hostname !== undefined && isPodHostname(part.hostname);
    case 'tmpfs':
      return (part.tmpfs ?? []).every(({ options }) => options === '' || memorySize(options) !== undefined);
    case 'mounts':
      return (part.mounts ?? []).every(({ type, source }) => type !== 'volume' || isClaimName(source));
    case 'securityOpt':
      return (part.securityOpt ?? []).every(isUnconfined);
    case 'network':
      return part.network === 'bridge' || part.network === 'default';
    case 'ipc':
      return part.ipc === 'host' || part.ipc === 'private';
    case 'userns':
      return part.userns === 'host';
    case 'cgroupns':
      return part.cgroupns === 'private';
    case 'uts':
      return part.uts === 'private';
    case 'sysctls':
      return true;
    case 'groups':
      return (part.groups ?? []).every(group => /^\d{1,9}$/.test(group));
    case 'extraHosts':
      return (part.extraHosts ?? []).every(({ address }) => address !== 'host-gateway');
    case 'firstLaunch':
    case 'assign':
    case 'go':
      return part[key]?.privileged !== true;
    case 'domainname':
    case 'unsetEnv':
    case 'healthcheck':
    case 'publish':
    case 'publishAll':
    case 'volumesFrom':
    case 'volumeDriver':
    case 'devices':
    case 'deviceCgroupRules':
    case 'gpus':
    case 'runtime':
    case 'cgroupParent':
    case 'ulimits':
    case 'oomKillDisable':
    case 'oomScoreAdjust':
    case 'pidsLimit':
    case 'log':
      return false;
  }
}

/** A DNS label (core/v1 PodSpec.hostname). */
export function isPodHostname(hostname: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(hostname);
}

export function isClaimName(volume: string): boolean {
  return objectName.safeParse(volume).success;
}

/** Which of the two profiles that a pod can be without. */
export function isUnconfined(option: string): boolean {
  return /^(?:seccomp|apparmor)[=:]unconfined$/.test(option);
}

/** Of `size=64m` alone, as Kubernetes writes it: a binary unit. */
export function memorySize(options: string): string | undefined {
  const [, amount, unit = ''] = /^size=(\d{1,12})([kmg]?)$/i.exec(options) ?? [];
  return amount && `${amount}${unit === '' ? '' : `${unit.toUpperCase()}i`}`;
}
