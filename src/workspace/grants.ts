/**
 * What overrides let a workspace do, piece by piece and in words: what must be allowed, what is warned of, what is only
 * shown. Every piece belongs to one grant, so that what is not granted can be left out. Pure.
 */
import * as l10n from '@vscode/l10n';
import {
  capabilityWords,
  deviceWords,
  type GrantLevel,
  hostPathWords,
  namespaceWords,
} from './grantWords.ts';
import { type ExecCommand, type ExecMoment, Overrides } from './overrides.ts';
import { isRoot } from './rootUser.ts';

export interface Grant {
  /** Stable, the value in it: what was allowed is allowed for that value alone. Such as 'capAdd:NET_ADMIN'. */
  readonly id: string;
  readonly key: keyof Overrides;
  readonly level: GrantLevel;
  /** What it means for the engine's host and for others on it; completes no sentence, stands alone. */
  readonly words: string;
  /** As it is, to be shown verbatim. */
  readonly value: string;
  /** The piece of the overrides that it stands for. */
  readonly part: Overrides;
}

/** In the schema's order. */
export function grantsOf(overrides: Overrides): readonly Grant[] {
  return keysOf(overrides).flatMap(key => piecesOf(key, overrides).map(piece => ({ ...piece, key })));
}

/** The overrides that these grants make together. */
export function overridesOf(grants: readonly Pick<Grant, 'part'>[]): Overrides {
  const merged: Record<string, unknown> = {};
  for (const { part } of grants) {
    for (const [key, value] of Object.entries(part)) merged[key] = joined(key, merged[key], value);
  }
  return Overrides.parse(merged);
}

function joined(key: string, before: unknown, value: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  return key === 'sysctls' ? Object.assign({}, before, value) : value;
}

function keysOf(overrides: Overrides): (keyof Overrides)[] {
  return Overrides.keyof().options.filter(key => overrides[key] !== undefined);
}

type Piece = Omit<Grant, 'key'>;

function piecesOf(key: keyof Overrides, all: Overrides): Piece[] {
  /** One grant for the whole value. */
  const whole = (level: GrantLevel, words: string, value: string): Piece[] => [
    { id: value === '' ? key : `${key}:${value}`, level, words, value, part: { [key]: all[key] } },
  ];
  /** One grant for each item of a list. */
  const each = <T>(
    items: readonly T[] | undefined,
    say: (item: T) => readonly [GrantLevel, string, string],
  ) =>
    (items ?? []).map((item): Piece => {
      const [level, words, value] = say(item);
      return { id: `${key}:${value}`, level, words, value, part: { [key]: [item] } };
    });
  switch (key) {
    case 'hostname':
    case 'domainname':
      return whole('safe', l10n.t('Its name in its own network'), all[key] ?? '');
    case 'user':
      return isRoot(all.user ?? '')
        ? whole('warned', l10n.t('The image’s own command runs as root of the workspace'), all.user ?? '')
        : whole('safe', l10n.t('The user as whom the image’s own command runs'), all.user ?? '');
    case 'folder':
      return whole('safe', l10n.t('The folder in which the image’s own command runs'), all.folder ?? '');
    case 'entrypoint':
    case 'command':
      return whole('shown', l10n.t('Runs this in the workspace at every start'), commandText(all[key] ?? []));
    case 'healthcheck':
      return whole(...healthcheckWords(all.healthcheck), JSON.stringify(all.healthcheck));
    case 'unsetEnv':
      return each(all.unsetEnv, name => ['safe', l10n.t('Takes a variable of the image away'), name]);
    case 'tmpfs':
      return each(all.tmpfs, ({ path, options }) => [
        'safe',
        l10n.t('A folder that is kept in memory'),
        [path, options].filter(Boolean).join(':'),
      ]);
    case 'publish':
      return each(all.publish, ({ port, protocol, hostIp, hostPort }) => {
        const isLocal = hostIp !== undefined && /^(?:127\.|::1$)/.test(hostIp);
        return [
          isLocal ? 'safe' : 'warned',
          isLocal
            ? l10n.t('Opens a port of the engine’s host to programs on that host')
            : l10n.t('Opens a port of the engine’s host to everybody who reaches the host'),
          `${hostIp ?? '0.0.0.0'}:${hostPort ?? '*'}->${port}/${protocol}`,
        ];
      });
    case 'publishAll':
      return whole(
        'warned',
        l10n.t('Opens every port that the image names to everybody who reaches the engine’s host'),
        '',
      );
    case 'mounts':
      return each(all.mounts, ({ type, source, path, readOnly }) => {
        const value = `${source}:${path}${readOnly ? ':ro' : ''}`;
        if (type === 'bind') return ['blocked', hostPathWords(source, readOnly), value];
        if (type === 'anonymous')
          return ['safe', l10n.t('A volume of its own, gone with the container'), value];
        return [
          'warned',
          l10n.t('Shares the volume {0} with whatever else on the engine uses it', source),
          value,
        ];
      });
    case 'volumesFrom':
      return each(all.volumesFrom, container => [
        'blocked',
        l10n.t('Can read and change all the data of the container {0}', container),
        container,
      ]);
    case 'volumeDriver':
      return whole(
        'blocked',
        l10n.t('Uses a plugin of the engine, which decides where its data is kept'),
        all.volumeDriver ?? '',
      );
    case 'devices':
      return each(all.devices, ({ host, container, permissions }) => [
        ...deviceWords(host),
        `${host}:${container}:${permissions}`,
      ]);
    case 'deviceCgroupRules':
      return each(all.deviceCgroupRules, rule => [
        'blocked',
        l10n.t('Can use devices of the engine’s host, also those that it makes for itself'),
        rule,
      ]);
    case 'gpus':
      return all.gpus?.count === -1
        ? whole('warned', l10n.t('Uses all GPUs of the engine’s host'), JSON.stringify(all.gpus))
        : whole('warned', l10n.t('Uses GPUs of the engine’s host'), JSON.stringify(all.gpus));
    case 'privileged':
      return whole(
        'blocked',
        l10n.t('Has all rights on the engine’s host: whoever is root in the workspace is root there'),
        '',
      );
    case 'capAdd':
      return each(all.capAdd, capability => [...capabilityWords(capability), capability]);
    case 'capDrop':
      return each(all.capDrop, capability => [
        'safe',
        l10n.t('Does without a right that workspaces usually have'),
        capability,
      ]);
    case 'securityOpt':
      return each(all.securityOpt, option => [
        'warned',
        /unconfined|disable/.test(option)
          ? l10n.t('Switches off a protection of the engine’s host')
          : l10n.t('Changes a protection of the engine’s host'),
        option,
      ]);
    case 'network':
      return whole(...networkWords(all.network ?? ''), all.network ?? '');
    case 'ipc':
    case 'uts':
    case 'userns':
    case 'cgroupns':
      return whole(...namespaceWords(key, all[key] ?? ''), all[key] ?? '');
    case 'runtime':
      return whole(
        'blocked',
        l10n.t('Runs by another container runtime, which may isolate it less from the engine’s host'),
        all.runtime ?? '',
      );
    case 'cgroupParent':
      return whole(
        'blocked',
        l10n.t('Leaves the limits of the engine, and can take what the host’s own services need'),
        all.cgroupParent ?? '',
      );
    case 'sysctls':
      return Object.entries(all.sysctls ?? {}).map(
        ([name, value]): Piece => ({
          id: `${key}:${name}=${value}`,
          level: 'warned',
          words: l10n.t('Changes a setting of the kernel for the workspace'),
          value: `${name}=${value}`,
          part: { sysctls: { [name]: value } },
        }),
      );
    case 'ulimits':
      return each(all.ulimits, ({ name, soft, hard }) => [
        'warned',
        l10n.t('Changes how much its programs may take'),
        `${name}=${soft}:${hard}`,
      ]);
    case 'groups':
      return each(all.groups, group => [
        'warned',
        l10n.t('Its programs belong to one more group, with the rights that it has on mounted files'),
        group,
      ]);
    case 'dns':
      return each(all.dns, server => [
        'warned',
        l10n.t('Asks this server for all names, which may answer as it likes'),
        server,
      ]);
    case 'dnsOptions':
    case 'dnsSearch':
      return each(all[key], option => ['warned', l10n.t('Changes how names are looked up'), option]);
    case 'extraHosts':
      return each(all.extraHosts, ({ host, address }) => [
        'warned',
        address === 'host-gateway'
          ? l10n.t('Reaches the engine’s host by a name')
          : l10n.t('Takes another machine for the one of that name'),
        `${host}:${address}`,
      ]);
    case 'oomKillDisable':
      return whole('warned', l10n.t('Is not ended when memory runs out, so that others may be'), '');
    case 'oomScoreAdjust': {
      const value = all.oomScoreAdjust ?? 0;
      return value < 0
        ? whole('warned', l10n.t('Is ended later than others when memory runs out'), String(value))
        : whole('safe', l10n.t('Is ended sooner than others when memory runs out'), String(value));
    }
    case 'pidsLimit': {
      const value = all.pidsLimit ?? 0;
      return value < 1
        ? whole('warned', l10n.t('May start any number of processes'), String(value))
        : whole('safe', l10n.t('May start so many processes and no more'), String(value));
    }
    case 'log':
      return whole('warned', l10n.t('What it prints goes another way'), JSON.stringify(all.log));
    case 'firstLaunch':
    case 'assign':
    case 'go':
      return all[key] === undefined ? [] : whole(...execWords(key, all[key]), execText(all[key]));
  }
}

/** The engine runs it as the container's user, who is root: boot has to be. */
function healthcheckWords(healthcheck: Overrides['healthcheck']): readonly [GrantLevel, string] {
  return healthcheck?.test[0] === 'NONE'
    ? ['safe', l10n.t('Does without the image’s own look whether it is well')]
    : ['warned', l10n.t('Runs this as root of the workspace again and again, to see whether it is well')];
}

function networkWords(network: string): readonly [GrantLevel, string] {
  if (network === 'bridge' || network === 'default') return ['safe', l10n.t('The engine’s usual network')];
  return ['warned', l10n.t('Reaches the other containers in the network {0}', network)];
}

/** When it is run, and with which rights. */
function execWords(key: ExecMoment, exec: ExecCommand): readonly [GrantLevel, string] {
  const when = momentWords(key);
  if (exec.privileged) {
    return ['warned', l10n.t('{0}, with more rights than the workspace has', when)];
  }
  return exec.user !== undefined && isRoot(exec.user)
    ? ['warned', l10n.t('{0}, as root of the workspace', when)]
    : ['shown', when];
}

function momentWords(key: ExecMoment): string {
  switch (key) {
    case 'firstLaunch':
      return l10n.t('Runs this once after the creation');
    case 'assign':
      return l10n.t('Runs this whenever you connect');
    case 'go':
      return l10n.t('Runs this to open an address');
  }
}

function execText({ command, user, folder, environment, privileged }: ExecCommand): string {
  const details = Object.entries({ user, folder, environment, privileged }).filter(
    ([, value]) => value !== undefined,
  );
  const rest = details.map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [commandText(command), ...rest].join('\n');
}

/** Words with spaces in quotes, so that it is seen where one ends. */
function commandText(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
