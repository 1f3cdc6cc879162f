/** Builds an image on a Docker or Podman engine: with BuildKit or Podman's own program where one is here, else by API. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import type { BuildRequest } from '../../image/buildRequest.ts';
import type { CredentialSource } from '../../image/credentials.ts';
import { baseImages, dockerfileText, readDockerfile } from '../../image/dockerfile.ts';
import { parseReference } from '../../image/reference.ts';
import { isBerthError } from '../../workspace/error.ts';
import type { Report } from '../engine.ts';
import type { DockerEndpoint } from '../target.ts';
import { orAborted } from '../waiting.ts';
import { buildByApi, type Logins } from './buildByApi.ts';
import { findBuildProgram, runBuild } from './buildByProgram.ts';
import { buildCommand, fitsProgram } from './buildCommand.ts';
import { BuildTranscript } from './buildTranscript.ts';
import { wordsOf } from './errors.ts';
import { statusOf } from './inUse.ts';

export interface BuildTools {
  readonly docker: Dockerode;
  readonly endpoint: DockerEndpoint;
  /** For base images, where the API builds; the programs have the person's own. */
  readonly credentials: CredentialSource;
  /** Where programs are looked for, and what they are given. Default: this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Throws 'cancelled', or what the transcript says of the failure. */
export async function buildImage(
  tools: BuildTools,
  request: BuildRequest,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { docker, endpoint, environment = process.env } = tools;
  const dockerfile = await dockerfileText(request.dockerfile);
  const transcript = new BuildTranscript(report);
  signal.throwIfAborted();
  report({ kind: 'step', step: 'check', message: l10n.t('Looking for a builder') });
  const isPodman = await orAborted(runsPodman(docker), signal);
  const program = fitsProgram(request.args)
    ? await orAborted(findBuildProgram(endpoint, isPodman, environment), signal)
    : undefined;
  if (program !== undefined) {
    const command = buildCommand(program, endpoint, request);
    report({ kind: 'output', text: `$ ${[command.program, ...command.args].join(' ')}\n` });
    const { exitCode } = await runBuild(command, line => transcript.add(line), environment, signal);
    signal.throwIfAborted();
    if (exitCode !== 0) throw transcript.failure(request.reference);
    return;
  }
  report({ kind: 'output', text: `${l10n.t('Building with the engine’s API.')}\n` });
  const logins = await orAborted(
    loginsFor(tools, baseImages(readDockerfile(dockerfile), request.args)),
    signal,
  );
  const failure = await byApi(tools, request, logins, transcript, report, signal);
  if (failure !== undefined) throw transcript.failure(request.reference, failure);
}

/** What the engine refuses before it begins, such as a Dockerfile that it cannot read, is a failure as any other. */
async function byApi(
  { docker }: BuildTools,
  request: BuildRequest,
  logins: Logins,
  transcript: BuildTranscript,
  report: Report,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await buildByApi(docker, request, logins, transcript, report, signal);
  } catch (error) {
    if (signal.aborted || isBerthError(error) || statusOf(error) === undefined) throw error;
    return wordsOf(error);
  }
}

async function runsPodman(docker: Dockerode): Promise<boolean> {
  const { Components = [] } = await docker.version();
  return Components.some(({ Name }) => /podman/i.test(Name));
}

/** A login that cannot be had matters only where the registry asks for it, and then the builder says so. */
async function loginsFor({ credentials: source }: BuildTools, images: readonly string[]): Promise<Logins> {
  const found = await Promise.all(
    images.map(async image => {
      try {
        const { registry, repository } = parseReference(image);
        const credentials = await source.credentials(registry, repository);
        return credentials ? [{ registry, credentials }] : [];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}
