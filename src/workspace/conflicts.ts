/** What speaks against valid settings on a given target: too little room, ports that clash, mounts that cannot be. Pure. */
import * as l10n from '@vscode/l10n';
import { type Room, runsOn, shortagesOf } from './capacity.ts';
import { shrinksDisk } from './editCost.ts';
import type { EngineKind } from './field.ts';
import { readKeyLine } from './keyLine.ts';
import { mountTarget } from './mountTarget.ts';
import { mountTypesOn } from './mountTypes.ts';
import { isSessionName } from './sessionNames.ts';
import { labelValue, objectName, qualifiedName, type WorkspaceForm } from './settings.ts';

export interface Notice {
  /** The field, as in Issue. */
  readonly path: string;
  /** An error stands in the way; a warning is said and left to the person. */
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/** What is known of the image. */
export interface ImageAdvice {
  readonly platform?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memoryMiB?: number | undefined;
  readonly diskGiB?: number | undefined;
  /** Labels that it has to carry and does not. */
  readonly missingLabels?: readonly string[] | undefined;
  /** Why its registry does not have it for this target. */
  readonly problem?: string | undefined;
}

/** Where the settings go. */
export interface Place {
  readonly engine: EngineKind;
  readonly room: Room;
  /** The disk that an edited workspace has. */
  readonly before?: Pick<WorkspaceForm, 'diskGiB'> | undefined;
}

/** All conflicts of what is valid so far, in the order of the form. */
export function conflictsOf(values: Partial<WorkspaceForm>, place: Place, image: ImageAdvice): Notice[] {
  const { room, engine, before } = place;
  return [
    ...imageConflicts(room, image),
    ...roomConflicts(values, room),
    ...adviceOf(values, image),
    ...(before ? diskConflicts(values, before) : []),
    ...mountConflicts(values.mounts ?? [], place),
    ...portConflicts(values),
    ...keyConflicts(values.publicKeys ?? []),
    ...environmentConflicts(values.env ?? []),
    ...duplicates('env', values.env ?? []),
    ...duplicates('labels', values.labels ?? []),
    ...(engine === 'kubernetes' ? clusterConflicts(values) : []),
  ];
}

function imageConflicts(room: Room, image: ImageAdvice): Notice[] {
  const { problem, missingLabels = [] } = image;
  if (runsOn(image.platform, room.platforms)) {
    const words = [
      ...(problem ? [problem] : []),
      ...(missingLabels.length > 0
        ? [l10n.t('It lacks labels that images here must carry: {0}.', missingLabels.join(', '))]
        : []),
    ];
    return words.length > 0 ? [warning('image', words.join(' '))] : [];
  }
  return [
    error(
      'image',
      l10n.t(
        'This image is for {0}; the target runs {1}.',
        image.platform ?? '',
        room.platforms?.join(', ') ?? '',
      ),
    ),
  ];
}

function roomConflicts(values: Partial<WorkspaceForm>, room: Room): Notice[] {
  const { memoryMiB = 0, sharedMemoryMiB = 0 } = values;
  const notices = shortagesOf(values, room).map(({ path, message }) => error(path, message));
  if (memoryMiB > 0 && sharedMemoryMiB > memoryMiB)
    notices.push(
      warning('sharedMemoryMiB', l10n.t('Shared memory counts as memory: this is more than all.')),
    );
  return notices;
}

function adviceOf(values: Partial<WorkspaceForm>, image: ImageAdvice): Notice[] {
  const below = (path: 'cpus' | 'memoryMiB' | 'diskGiB', unit: string) => {
    const [value, advised] = [values[path], image[path]];
    return value !== undefined && advised !== undefined && value < advised
      ? [warning(path, l10n.t('The image recommends {0} {1} or more.', String(advised), unit))]
      : [];
  };
  return [...below('cpus', l10n.t('CPUs')), ...below('memoryMiB', 'MiB'), ...below('diskGiB', 'GiB')];
}

function diskConflicts(values: Partial<WorkspaceForm>, before: Pick<WorkspaceForm, 'diskGiB'>): Notice[] {
  if (!shrinksDisk(before, values)) return [];
  return [error('diskGiB', l10n.t('A disk never shrinks: this one has {0} GiB.', String(before.diskGiB)))];
}

/** What a cluster takes in fewer forms than an engine of containers does. */
function clusterConflicts({
  labels = [],
  annotations = [],
  nodeSelector = [],
  tolerations = [],
}: Partial<WorkspaceForm>): Notice[] {
  return [
    ...labels.flatMap(({ name, value }, index) => [
      ...(isA(qualifiedName, name) ? [] : [error(`labels.${index}.name`, nameWords())]),
      ...(isA(labelValue, value)
        ? []
        : [
            error(
              `labels.${index}.value`,
              l10n.t('On Kubernetes: letters, digits, dots, dashes and underscores, at most 63.'),
            ),
          ]),
    ]),
    ...annotations.flatMap(({ name }, index) =>
      isA(qualifiedName, name) ? [] : [error(`annotations.${index}.name`, nameWords())],
    ),
    ...duplicates('annotations', annotations),
    ...duplicates('nodeSelector', nodeSelector),
    ...tolerations.flatMap(({ key, operator }, index) =>
      operator === 'Equal' && key === ''
        ? [error(`tolerations.${index}.key`, l10n.t('Needed where a value is compared.'))]
        : [],
    ),
  ];
}

function isA(format: { safeParse(text: string): { success: boolean } }, text: string): boolean {
  return format.safeParse(text).success;
}

function nameWords(): string {
  return l10n.t(
    'On Kubernetes: at most 63 letters, digits, dots, dashes and underscores, with a domain and a slash before them or not.',
  );
}

function mountConflicts(mounts: WorkspaceForm['mounts'], { engine, room }: Place): Notice[] {
  const notices: Notice[] = [];
  const seen = new Set<string>();
  for (const [index, mount] of mounts.entries()) {
    const at = `mounts.${index}`;
    if (!mountTypesOn(engine).includes(mount.type))
      notices.push(error(`${at}.type`, l10n.t('Targets of this kind do not have it: choose another type.')));
    if (engine === 'kubernetes' && mount.type === 'volume' && !isA(objectName, mount.source))
      notices.push(error(`${at}.source`, l10n.t('A claim has lower-case letters, digits, dots and dashes.')));
    if (mount.path === undefined && mount.name === undefined) {
      notices.push(error(`${at}.path`, l10n.t('Say where it appears: a path, or a name for a data mount.')));
      continue;
    }
    const path = mountTarget(mount).replace(/(.)\/+$/, '$1');
    if (seen.has(path)) notices.push(error(`${at}.path`, l10n.t('Another mount appears at {0} too.', path)));
    seen.add(path);
    if (path === '/' || /^\/(?:berth|proc|sys|dev)(?:\/|$)/.test(path))
      notices.push(error(`${at}.path`, l10n.t('Nothing can be mounted at {0}.', path)));
    if (mount.type === 'bind' && room.isLocal === false)
      notices.push(
        warning(
          `${at}.source`,
          engine === 'kubernetes'
            ? l10n.t(
                'A folder of whichever node it runs on; many clusters refuse it. A claim is the better choice.',
              )
            : l10n.t(
                'A folder of the target’s machine, not of this one. A volume is often the better choice.',
              ),
        ),
      );
    if (mount.type === 'bind' && /(?:^|\/)(?:docker|podman)\.sock$/.test(mount.source))
      notices.push(
        warning(
          `${at}.source`,
          l10n.t('With the engine’s socket, programs in the workspace are root on the target.'),
        ),
      );
  }
  return notices;
}

function portConflicts({ ports = [], apps = [] }: Partial<WorkspaceForm>): Notice[] {
  const notices: Notice[] = [];
  const usedBy = new Map<number, string>();
  const ids = new Set<string>();
  for (const [index, { port }] of ports.entries()) {
    const at = `ports.${index}.port`;
    if (port === 22) notices.push(error(at, l10n.t('Port 22 is ssh: it is always there.')));
    if (ports.findIndex(other => other.port === port) < index)
      notices.push(error(at, l10n.t('Port {0} is listed twice.', String(port))));
  }
  for (const [index, { id, port }] of apps.entries()) {
    if (ids.has(id)) notices.push(error(`apps.${index}.id`, l10n.t('Another app is called {0}.', id)));
    ids.add(id);
    if (port === undefined) continue;
    const at = `apps.${index}.port`;
    const other = usedBy.get(port);
    if (port === 22) notices.push(error(at, l10n.t('Port 22 is ssh: it is always there.')));
    else if (other !== undefined)
      notices.push(error(at, l10n.t('The app {0} listens on port {1} too.', other, String(port))));
    usedBy.set(port, id);
  }
  return notices;
}

function environmentConflicts(env: WorkspaceForm['env']): Notice[] {
  return env.flatMap(({ name, value = '' }, index) => {
    if (isSessionName(name))
      return [warning(`env.${index}.name`, l10n.t('{0} is set by each session itself.', name))];
    return /[\r\n]/.test(value)
      ? [
          warning(
            `env.${index}.value`,
            l10n.t('A value of several lines reaches apps and scripts, but no ssh session.'),
          ),
        ]
      : [];
  });
}

/** What the schema takes may still be no key: records made before are read by it. */
function keyConflicts(lines: readonly string[]): Notice[] {
  return lines.flatMap((line, index) => {
    const key = readKeyLine(line);
    return typeof key === 'string' ? [error('publicKeys', l10n.t('Key {0}: {1}', index + 1, key))] : [];
  });
}

function duplicates(
  key: 'env' | 'labels' | 'annotations' | 'nodeSelector',
  entries: readonly { readonly name: string }[],
): Notice[] {
  return entries.flatMap(({ name }, index) =>
    entries.findIndex(other => other.name === name) < index
      ? [error(`${key}.${index}.name`, l10n.t('{0} is set twice.', name))]
      : [],
  );
}

function error(path: string, message: string): Notice {
  return { path, level: 'error', message };
}
function warning(path: string, message: string): Notice {
  return { path, level: 'warning', message };
}
