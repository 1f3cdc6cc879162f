/** Which types of mount each kind of engine has, and what it calls them. Pure. */
import * as l10n from '@vscode/l10n';
import type { EngineKind } from './field.ts';
import type { Mount } from './settings.ts';

export type MountType = Mount['type'];

/** The most likely first. */
const typesOn: Readonly<Record<EngineKind, readonly MountType[]>> = {
  docker: ['volume', 'bind', 'nfs', 'cifs', 'driver'],
  kubernetes: ['volume', 'bind', 'nfs', 'configMap', 'secret'],
};

export function mountTypesOn(engine: EngineKind): readonly MountType[] {
  return typesOn[engine];
}

export function mountTypeWords(type: MountType, engine: EngineKind): string {
  const isCluster = engine === 'kubernetes';
  switch (type) {
    case 'volume':
      return isCluster ? l10n.t('Volume claim (PVC)') : l10n.t('Volume');
    case 'bind':
      return isCluster ? l10n.t('Folder of the node') : l10n.t('Host folder');
    case 'nfs':
      return 'NFS';
    case 'cifs':
      return 'CIFS (SMB)';
    case 'driver':
      return l10n.t('Volume driver');
    case 'configMap':
      return 'ConfigMap';
    case 'secret':
      return 'Secret';
  }
}
