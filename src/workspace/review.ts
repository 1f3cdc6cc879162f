/** Every setting in one line of words and where it came from: the last section of the form, and a workspace's page. */
import * as l10n from '@vscode/l10n';
import { type FormKey, formFields, type Origin } from './draft.ts';
import { appliesTo, type EngineKind } from './field.ts';
import { grantsOf } from './grants.ts';
import { mountTarget } from './mountTarget.ts';
import type { Toleration, WorkspaceForm } from './settings.ts';

export interface ReviewRow {
  readonly key: FormKey;
  readonly title: string;
  readonly value: string;
}

/** All values that the kind of engine uses, in the form's order; '' is shown as a dash by whoever draws it. */
export function reviewRows(values: Partial<WorkspaceForm>, engine: EngineKind): ReviewRow[] {
  return (
    [...formFields]
      .filter(([, meta]) => appliesTo(meta, engine))
      .map(([key, meta]) => ({ key, title: l10n.t(meta.title), value: valueWords(key, values) }))
      // What has no field in the form is only there where it says something.
      .filter(({ key, value }) => value !== '' || formFields.get(key)?.control !== 'hidden')
  );
}

/** A value in one line; secrets are named, never shown. */
export function valueWords(key: FormKey, values: Partial<WorkspaceForm>): string {
  const meta = formFields.get(key);
  switch (key) {
    case 'mounts':
      return (values.mounts ?? [])
        .map(
          mount =>
            `${mountSource(mount)} → ${mountTarget(mount)}${mount.readOnly ? ` (${l10n.t('read-only')})` : ''}`,
        )
        .join('\n');
    case 'ports':
      return (values.ports ?? [])
        .map(({ port, label, protocol }) => `${port} ${protocol}${label && ` (${label})`}`)
        .join(', ');
    case 'apps':
      return (values.apps ?? []).map(({ id, label }) => label || id).join(', ');
    case 'env':
      return (values.env ?? [])
        .map(({ name, value, secret }) =>
          secret ? `${name} (${l10n.t('secret')})` : `${name}=${value ?? ''}`,
        )
        .join('\n');
    case 'labels':
    case 'annotations':
    case 'nodeSelector':
      return (values[key] ?? []).map(({ name, value }) => `${name}=${value}`).join('\n');
    case 'tolerations':
      return (values.tolerations ?? []).map(tolerationWords).join('\n');
    case 'imagePullSecrets':
      return (values.imagePullSecrets ?? []).join(', ');
    case 'publicKeys':
      return (values.publicKeys ?? []).map(shortKey).join('\n');
    case 'initScript':
    case 'podPatch': {
      const script = values[key] ?? '';
      const lines = script.split('\n').length;
      return script === '' ? '' : lines === 1 ? script : l10n.t('{0} lines', String(lines));
    }
    case 'fromCatalogue':
      return values.fromCatalogue ? `${values.fromCatalogue.entry} (${values.fromCatalogue.catalogue})` : '';
    case 'overrides':
      return grantsOf(values.overrides ?? {})
        .map(({ key, value }) => (value === '' ? key : `${key}: ${value}`))
        .join('\n');
    case 'agentForwarding':
    case 'loginLine':
      return values[key] ? l10n.t('Yes') : l10n.t('No');
    case 'lifespanHours':
      return values.lifespanHours === 0 ? l10n.t('keeps running') : `${values.lifespanHours ?? ''} h`;
    case 'idleMinutes':
      return values.idleMinutes ? `${values.idleMinutes} min` : '';
    case 'dailyStopZone':
      return values.dailyStop ? (values.dailyStopZone ?? '') : '';
    default: {
      if (meta?.secret) return values[key] ? l10n.t('set') : '';
      const value = values[key];
      if (value === undefined || value === '') return '';
      const choice = meta?.choices?.[String(value)];
      if (choice !== undefined) return l10n.t(choice);
      return meta?.unit ? `${value} ${meta.unit}` : String(value);
    }
  }
}

/** What is mounted, in words. */
export function mountSource(mount: WorkspaceForm['mounts'][number]): string {
  switch (mount.type) {
    case 'nfs':
      return `${mount.server}:${mount.source}`;
    case 'driver':
      return mount.driver;
    case 'configMap':
      return `ConfigMap ${mount.source}`;
    case 'secret':
      return `Secret ${mount.source}`;
    default:
      return mount.source;
  }
}

/** As `kubectl describe` writes one. */
function tolerationWords({ key, operator, value, effect }: Toleration): string {
  const taint = operator === 'Equal' ? `${key}=${value}` : key || l10n.t('every taint');
  return effect === '' ? taint : `${taint}:${effect}`;
}

function shortKey(key: string): string {
  const [type = '', data = '', ...comment] = key.split(' ');
  return `${type} …${data.slice(-8)} ${comment.join(' ')}`.trim();
}

/** Where a value came from, in words. */
export function originWords(origin: Origin): string {
  switch (origin) {
    case 'default':
      return l10n.t('default');
    case 'configuration':
      return l10n.t('your settings');
    case 'preset':
      return l10n.t('preset');
    case 'target':
      return l10n.t('target default');
    case 'image':
      return l10n.t('image');
    case 'machine':
      return l10n.t('this machine');
    case 'workspace':
      return l10n.t('workspace');
    case 'generated':
      return l10n.t('generated');
    case 'link':
      return l10n.t('link');
    case 'backup':
      return l10n.t('backup');
    case 'template':
      return l10n.t('template');
    case 'catalogue':
      return l10n.t('catalogue');
    case 'policy':
      return l10n.t('policy');
    case 'typed':
      return l10n.t('typed');
  }
}
