/** New limits of CPU and memory for a container that is there, running or not. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import type { HostConfig } from 'dockerode';
import { wordsOf } from './errors.ts';
import { statusOf } from './inUse.ts';
import { postJson } from './rawApi.ts';

/** Returns why they do not hold yet, or not for long; undefined where all is well. Never throws for an engine's no. */
export async function setLimits(
  docker: Dockerode,
  containerId: string,
  limits: HostConfig,
): Promise<string | undefined> {
  try {
    await docker.getContainer(containerId).update(limits);
    return undefined;
  } catch (error) {
    // Podman before 5 has no such call in its Docker API, only in its own.
    if (statusOf(error) === undefined) throw error;
    if (statusOf(error) !== 404) return wordsOf(error);
  }
  try {
    await postJson(docker, `/v4.3.0/libpod/containers/${containerId}/update`, podmanLimits(limits));
    return l10n.t('this Podman forgets them when the workspace stops. A rebuild keeps them.');
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    return l10n.t('this engine cannot change a container. They count after a rebuild.');
  }
}

const periodMicroseconds = 100_000;

/** Pure: the same in the words of the OCI runtime spec, as Podman's own API has it. */
export function podmanLimits({ NanoCpus, CpuShares, Memory, MemorySwap }: HostConfig): object {
  return {
    cpu: {
      ...(NanoCpus && {
        period: periodMicroseconds,
        quota: Math.round((NanoCpus / 1e9) * periodMicroseconds),
      }),
      ...(CpuShares && { shares: CpuShares }),
    },
    memory: { limit: Memory, swap: MemorySwap },
  };
}
