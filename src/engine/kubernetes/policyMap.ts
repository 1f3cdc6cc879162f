/** The policy of a namespace: a ConfigMap that its administrators write and everybody who works there reads. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError } from '../../workspace/error.ts';
import type { PolicySource } from '../engine.ts';
import { kubeError } from './errors.ts';
import type { Objects } from './objects.ts';

export const policyMapName = 'berth-policy';
const policyKey = 'policy.json';

const ConfigMap = z.object({ data: z.record(z.string(), z.string()).nullish() });

export class PolicyMap implements PolicySource {
  readonly title: string;
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.title = `ConfigMap ${objects.namespace}/${policyMapName}`;
    this.#objects = objects;
  }

  async read(signal?: AbortSignal): Promise<string | undefined> {
    try {
      const found = await this.#objects.raw('configMap', policyMapName, signal);
      return found === undefined ? undefined : textIn(ConfigMap.parse(found).data ?? {});
    } catch (cause) {
      throw kubeError(cause, this.title, signal);
    }
  }
}

/** Under its own key; where there is but one, whatever it is called. */
function textIn(data: Readonly<Record<string, string>>): string {
  const [only, ...others] = Object.values(data);
  const text = data[policyKey] ?? (others.length === 0 ? only : undefined);
  if (text !== undefined) return text;
  throw new BerthError(l10n.t('the ConfigMap {0} has no key {1}.', policyMapName, policyKey), {
    code: 'invalid',
  });
}
