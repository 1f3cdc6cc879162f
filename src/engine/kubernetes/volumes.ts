/** The claims of a namespace: to be mounted, or kept homes to be made use of again. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Volume, VolumeStore } from '../engine.ts';
import { labelKeys, nameOf } from '../labels.ts';
import { homeClaim, objectName } from './names.ts';
import type { Objects } from './objects.ts';

export class ClaimStore implements VolumeStore {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  async list(signal?: AbortSignal): Promise<Volume[]> {
    const claims = await this.#objects.list('claim', {}, signal);
    // What is on its way out is nothing to mount, or to go on with.
    const staying = claims.filter(({ isDeleting }) => !isDeleting);
    return staying.map(({ name, labels, storageClass = '', createdAt }) => {
      const owner = labels[labelKeys.role] === 'home' ? nameOf(labels) : undefined;
      return { name, driver: storageClass, createdAt, ...(owner !== undefined && { homeOf: owner }) };
    });
  }

  async removeKeptHome(name: WorkspaceName): Promise<void> {
    if (await this.#objects.get('secretNotes', objectName(name))) {
      throw new BerthError(l10n.t('The home of “{0}” is in use: delete the workspace instead.', name), {
        code: 'conflict',
      });
    }
    const claim = await this.#objects.get('claim', homeClaim(name));
    if (!claim || nameOf(claim.labels) !== name) return;
    await this.#objects.remove('claim', claim.name, { uid: claim.uid });
  }
}
