/** How much volumes take. The engine walks through all of them for it, and for one person at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import { wordsOf } from './errors.ts';

const Usage = z.object({
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        UsageData: z.object({ Size: z.number() }).nullish(),
        Size: z.number().nullish(),
      }),
    )
    .nullish(),
});

/** Another window may be asking. */
const againMs = 500;

/** Bytes by the name of the volume; those of which the engine does not know it are left out. */
export async function volumeSizes(
  docker: Dockerode,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  for (;;) {
    try {
      const { Volumes: volumes } = Usage.parse(await usage(docker, signal));
      return new Map(
        (volumes ?? []).flatMap(({ Name, UsageData, Size }) => {
          // Podman has it one level higher.
          const bytes = UsageData?.Size ?? Size ?? -1;
          return bytes < 0 ? [] : [[Name, bytes] as const];
        }),
      );
    } catch (error) {
      if (!isBusy(error)) throw error;
      await sleep(againMs, undefined, { signal });
    }
  }
}

/** Engines older than API 1.42 do not know the type, and tell of images and containers too. */
function usage(docker: Dockerode, abortSignal: AbortSignal): Promise<unknown> {
  const request = {
    path: '/system/df?',
    method: 'GET',
    options: { type: 'volume' },
    abortSignal,
    statusCodes: { 200: true },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** Engines have had several numbers for it. */
function isBusy(error: unknown): boolean {
  return /disk usage operation is already running/i.test(wordsOf(error));
}
