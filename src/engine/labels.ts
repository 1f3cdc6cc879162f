/**
 * What Berth writes on containers and volumes, and how it is read back. Labels never change once they are made, and nobody
 * inside a workspace can write them: they are what counts for all that shapes a container (see trust.ts).
 */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { WorkspaceName } from '../workspace/name.ts';
import { LoginUser, Record as WorkspaceRecord } from '../workspace/record.ts';
import { withoutSecrets } from '../workspace/secrets.ts';
import { PublicKey, WorkspaceSettings } from '../workspace/settings.ts';

export type Labels = Readonly<Record<string, string>>;

const labelSchema = 1;

export const labelKeys = {
  name: 'workspace.berth/name',
  schema: 'workspace.berth/schema',
  createdBy: 'workspace.berth/created-by',
  createdAt: 'workspace.berth/created-at',
  settings: 'workspace.berth/settings',
  /** Of the record that the settings are a copy of. */
  revision: 'workspace.berth/revision',
  hostKey: 'workspace.berth/host-key',
  login: 'workspace.berth/login',
  /** As it was resolved: reference and digest. */
  image: 'workspace.berth/image',
  /** On volumes and on containers that are only passed through. */
  role: 'workspace.berth/role',
  /** On marks and new volumes: a random word that says whose they are. */
  token: 'workspace.berth/token',
  maker: 'workspace.berth/maker',
  at: 'workspace.berth/at',
} as const;

/** home, record: the workspace's own. mark: see marks.ts. data: made for a mount. passage: a container never started. */
export const roles = ['home', 'record', 'mark', 'data', 'passage'] as const;
export type Role = (typeof roles)[number];

/** Identity and settings, as the container and the record volume carry them. */
export function workspaceLabels(record: WorkspaceRecord): Record<string, string> {
  const own = record.settings.labels.map(({ name, value }) => [name, value]);
  return { ...Object.fromEntries(own), ...berthLabels(record) };
}

/** Berth's part of them, which is also what a Kubernetes Secret carries as annotations. */
export function berthLabels(record: WorkspaceRecord): Record<string, string> {
  return {
    [labelKeys.name]: record.name,
    [labelKeys.schema]: String(labelSchema),
    [labelKeys.createdBy]: record.createdBy,
    [labelKeys.createdAt]: record.createdAt,
    [labelKeys.settings]: JSON.stringify(withoutSecrets(record.settings)),
    [labelKeys.revision]: String(record.revision),
    [labelKeys.hostKey]: record.hostKey.publicKey,
    [labelKeys.login]: JSON.stringify(record.login),
    [labelKeys.image]: JSON.stringify(record.image),
  };
}

/** What of them an edit or a rebuild changes: left on a volume of its own, since those that are there stay as they are. */
export function changedLabels(record: WorkspaceRecord): Record<string, string> {
  const labels = workspaceLabels(record);
  const changed = [labelKeys.settings, labelKeys.revision, labelKeys.login, labelKeys.image];
  return Object.fromEntries(changed.flatMap(key => (labels[key] === undefined ? [] : [[key, labels[key]]])));
}

/** Labels of a volume (or passage container) that belongs to a workspace. */
export function partLabels(name: WorkspaceName, role: Role, more: Labels = {}): Record<string, string> {
  return {
    [labelKeys.name]: name,
    [labelKeys.schema]: String(labelSchema),
    [labelKeys.role]: role,
    ...more,
  };
}

/** What the labels say of a workspace; what cannot be read is absent, and `problem` says why in words. */
export interface WorkspaceFacts {
  readonly createdBy: string;
  readonly createdAt: string;
  readonly settings: WorkspaceSettings | undefined;
  readonly revision: number;
  readonly hostKey: string | undefined;
  readonly login: LoginUser | undefined;
  readonly image: WorkspaceRecord['image'] | undefined;
  readonly problem: string | undefined;
}

/** Never throws: labels may have been written by a newer Berth, another program or a person. */
export function readLabels(labels: Labels): WorkspaceFacts {
  const settings = settingsIn(labels[labelKeys.settings]);
  const login = loginIn(labels[labelKeys.login]);
  return {
    createdBy: labels[labelKeys.createdBy] ?? '',
    createdAt: CreatedAt.safeParse(labels[labelKeys.createdAt]).data ?? '',
    settings,
    revision: Revision.safeParse(labels[labelKeys.revision]).data ?? 0,
    hostKey: PublicKey.safeParse(labels[labelKeys.hostKey]).data,
    login,
    image: parseJson(WorkspaceRecord.shape.image, labels[labelKeys.image]),
    problem: problemOf(labels, settings, login),
  };
}

/** The workspace that a container or volume belongs to, or undefined where the label is no name. */
export function nameOf(labels: Labels): WorkspaceName | undefined {
  return WorkspaceName.safeParse(labels[labelKeys.name]).data;
}

export function roleOf(labels: Labels): Role | undefined {
  return roles.find(role => role === labels[labelKeys.role]);
}

const CreatedAt = z.iso.datetime();
const Revision = z.coerce.number().int().min(0);

function problemOf(
  labels: Labels,
  settings: WorkspaceSettings | undefined,
  login: LoginUser | undefined,
): string | undefined {
  const schema = Number(labels[labelKeys.schema]);
  if (schema > labelSchema) return l10n.t('it was made by a newer Berth: update the extension');
  if (settings === undefined) return l10n.t('the settings in its labels cannot be read');
  if (login === undefined) return l10n.t('who logs in to it cannot be read in its labels');
  return undefined;
}

const settingsIn = remembering(WorkspaceSettings);
const loginIn = remembering(LoginUser);

/** Labels never change and lists come often: what was parsed once is kept, up to a bound. */
function remembering<T extends z.ZodType>(schema: T): (text: string | undefined) => z.infer<T> | undefined {
  const known = new Map<string, z.infer<T> | undefined>();
  return text => {
    if (text === undefined) return undefined;
    if (!known.has(text)) {
      if (known.size >= 4000) known.clear();
      known.set(text, parseJson(schema, text));
    }
    return known.get(text);
  };
}

/** The value that the JSON text holds, or undefined where it is none of that schema. */
export function parseJson<T extends z.ZodType>(schema: T, text: string | undefined): z.infer<T> | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
