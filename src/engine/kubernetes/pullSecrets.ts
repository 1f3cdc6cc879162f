/** Makes Secrets that pods pull images with. They belong to no workspace: any number may use one, and it outlives them. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { PullSecretStore } from '../engine.ts';
import { type PullSecretRequest, pullSecretProblem } from '../pullSecret.ts';
import { kubeError } from './errors.ts';
import { pullSecretManifest } from './manifests.ts';
import type { Objects } from './objects.ts';
import { isKubeStatus } from './status.ts';

export class PullSecrets implements PullSecretStore {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  async create(request: PullSecretRequest, signal?: AbortSignal): Promise<void> {
    const { name } = request;
    const what = l10n.t('Cannot make the image pull secret “{0}”', name);
    for (const part of ['name', 'registry', 'username', 'password'] as const) {
      const problem = pullSecretProblem(part, request[part]);
      if (problem) throw new BerthError(`${what}: ${partNames()[part]}: ${problem}`, { code: 'invalid' });
    }
    try {
      await this.#objects.create('secret', pullSecretManifest(request), signal ? { signal } : {});
    } catch (cause) {
      if (!isKubeStatus(cause, 'AlreadyExists')) throw kubeError(cause, what, signal);
      throw new BerthError(
        l10n.t('There is already a Secret “{0}” in the namespace. Choose another name.', name),
        {
          code: 'conflict',
          cause,
        },
      );
    }
  }
}

function partNames(): Readonly<Record<keyof PullSecretRequest, string>> {
  return {
    name: l10n.t('Name'),
    registry: l10n.t('Registry'),
    username: l10n.t('User'),
    password: l10n.t('Password'),
  };
}
