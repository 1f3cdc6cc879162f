/** Calls of the engine's API that dockerode has no name for, or whose answer it drops. */
import { Readable } from 'node:stream';
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

/** `POST /build`: answers with its messages as they come. `logins` is the value of `X-Registry-Config`. */
export function postBuild(
  docker: Dockerode,
  query: object,
  context: Readable,
  { logins, signal }: { readonly logins: string; readonly signal: AbortSignal },
): Promise<Readable> {
  const request = {
    path: '/build?',
    method: 'POST',
    file: context,
    options: query,
    // dockerode's own encoding is not the one for URLs, which the engine wants.
    registryconfig: { base64: logins },
    abortSignal: signal,
    isStream: true,
    statusCodes: { 200: true },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error, answer) =>
      answer instanceof Readable ? resolve(answer) : reject(error),
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
