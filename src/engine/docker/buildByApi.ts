/** A build by the engine's API: the folder goes there as a tar, what it says comes back as messages. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import type { BuildRequest } from '../../image/buildRequest.ts';
import type { RegistryCredentials } from '../../image/credentials.ts';
import { registryConfigHeader } from '../../image/loginFormats.ts';
import type { Report } from '../engine.ts';
import { fullName } from './buildCommand.ts';
import { packContext } from './buildContext.ts';
import type { BuildTranscript } from './buildTranscript.ts';
import { failureIn, jsonLines, layerIn, TransferMessage } from './jsonLines.ts';
import { postBuild } from './rawApi.ts';

/** One for each registry that base images come from. */
export type Logins = readonly { readonly registry: string; readonly credentials: RegistryCredentials }[];

const BuildMessage = TransferMessage.extend({ stream: z.string().optional() });

/** Answers in the builder's words why it failed, or undefined. */
export async function buildByApi(
  docker: Dockerode,
  request: BuildRequest,
  logins: Logins,
  transcript: BuildTranscript,
  report: Report,
  signal: AbortSignal,
): Promise<string | undefined> {
  const broken = new AbortController();
  const context = packContext(request, signal);
  context.stream.once('error', error => broken.abort(error));
  report({ kind: 'step', step: 'build', message: l10n.t('Sending the folder {0}', request.context) });
  try {
    const query = {
      t: fullName(request.reference),
      dockerfile: context.dockerfile,
      buildargs: request.args,
      ...(request.stage !== undefined && { target: request.stage }),
      ...(request.platform !== undefined && { platform: request.platform }),
      rm: true,
      // Also of a step that failed or was cancelled.
      forcerm: true,
    };
    const answer = await postBuild(docker, query, context.stream, {
      logins: registryConfigHeader(logins),
      signal: AbortSignal.any([signal, broken.signal]),
    });
    return await follow(answer, transcript, report);
  } catch (error) {
    throw broken.signal.aborted && !signal.aborted ? broken.signal.reason : error;
  } finally {
    context.stream.destroy();
  }
}

async function follow(
  answer: NodeJS.ReadableStream,
  transcript: BuildTranscript,
  report: Report,
): Promise<string | undefined> {
  let failure: string | undefined;
  let rest = '';
  for await (const line of jsonLines(answer)) {
    const message = BuildMessage.safeParse(line).data;
    if (message === undefined) continue;
    failure ??= failureIn(message);
    const layer = layerIn(message);
    if (layer) report(layer);
    const lines = (rest + (message.stream ?? '')).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const text of lines) transcript.add(text);
  }
  if (rest !== '') transcript.add(rest);
  return failure;
}
