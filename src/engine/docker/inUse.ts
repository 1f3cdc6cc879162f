/** Who uses an image or a volume, named as people know them. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { nameOf } from './labels.ts';

/** The workspaces and containers, running or not, that use it. */
export async function containersUsing(
  docker: Dockerode,
  what: { readonly image: string } | { readonly volume: string },
): Promise<string[]> {
  const filters = 'volume' in what ? { volume: [what.volume] } : { ancestor: [what.image] };
  const containers = await docker.listContainers({ all: true, filters });
  return containers.map(({ Id, Names, Labels }) => {
    const workspace = nameOf(Labels ?? {});
    return workspace === undefined
      ? l10n.t('the container {0}', Names?.[0]?.replace(/^\//, '') ?? Id.slice(0, 12))
      : l10n.t('the workspace {0}', workspace);
  });
}

/** The HTTP status of an engine's refusal, or undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}
