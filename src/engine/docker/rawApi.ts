/** Calls of the engine's API that dockerode has no name for, or whose answer it drops. */
import type Dockerode from 'dockerode';
import type { VolumeCreateOptions } from 'dockerode';
import { wordsOf } from './errors.ts';
import { type VolumeReport, volumeReport } from './reports.ts';

export function postJson(docker: Dockerode, path: string, body: object): Promise<unknown> {
  const statusCodes = { 200: true, 201: true, 204: true };
  return new Promise((resolve, reject) => {
    docker.modem.dial({ path, method: 'POST', options: { _body: body }, statusCodes }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

/** Makes the volume, or finds the one of that name: its labels tell which. */
export async function createVolume(
  docker: Dockerode,
  options: VolumeCreateOptions & { readonly Name: string },
): Promise<VolumeReport> {
  try {
    return volumeReport(await postJson(docker, '/volumes/create', options));
  } catch (error) {
    // Podman, where two are made at the very same time.
    if (!/already exists/i.test(wordsOf(error))) throw error;
    return volumeReport(await docker.getVolume(options.Name).inspect());
  }
}
