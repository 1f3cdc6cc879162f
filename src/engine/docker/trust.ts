/**
 * What of a record counts. Root inside a workspace can write anything into it, so all that shapes a container comes from
 * the labels, which only the engine's users can write; from the record come the secrets and the keys that may enter. Pure.
 */
import * as l10n from '@vscode/l10n';
import { editPlan } from '../../workspace/editCost.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { withoutSecrets, withSecretsOf } from '../../workspace/secrets.ts';
import type { WorkspaceFacts } from '../labels.ts';

export interface TrustedRecord {
  readonly record: WorkspaceRecord;
  /** What the record has otherwise than the engine, in words; empty where all is well. */
  readonly differing: readonly string[];
}

export function trustedRecord(
  name: WorkspaceName,
  found: WorkspaceRecord,
  facts: WorkspaceFacts,
): TrustedRecord {
  const { settings, login, image, hostKey } = facts;
  if (facts.problem !== undefined || !settings || !login) {
    throw new BerthError(l10n.t('“{0}” cannot be used: {1}', name, facts.problem ?? ''), { code: 'invalid' });
  }
  const record: WorkspaceRecord = {
    ...found,
    name,
    revision: Math.max(1, facts.revision),
    createdBy: facts.createdBy,
    createdAt: facts.createdAt || found.createdAt,
    settings: withSecretsOf(found.settings, settings),
    hostKey: { ...found.hostKey, publicKey: hostKey ?? found.hostKey.publicKey },
    image: image ?? { reference: settings.image, digest: '' },
    login,
  };
  return { record, differing: differencesOf(found, record) };
}

function differencesOf(found: WorkspaceRecord, trusted: WorkspaceRecord): string[] {
  const { changed } = editPlan(withoutSecrets(found.settings), withoutSecrets(trusted.settings), 'docker');
  const identity = ({ name, createdBy, image }: WorkspaceRecord) =>
    [name, createdBy, image.reference].join('\n');
  // A draft's digest is empty: its image was not there yet.
  const isOtherImage = found.image.digest !== '' && found.image.digest !== trusted.image.digest;
  const isSame = identity(found) === identity(trusted) && !isOtherImage;
  return [...changed.map(({ title }) => title), ...(isSame ? [] : [l10n.t('Image and identity')])];
}
