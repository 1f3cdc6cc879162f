/** Who uses an image or a volume, named as people know them. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { nameOf } from '../labels.ts';

/** The workspaces and containers, running or not, that use it; an image by its id. */
export async function containersUsing(
  docker: Dockerode,
  what: { readonly image: string } | { readonly volume: string },
): Promise<string[]> {
  const containers = await docker.listContainers({
    all: true,
    ...('volume' in what && { filters: { volume: [what.volume] } }),
  });
  // Podman's filter by image takes other ids than Docker's.
  const users =
    'image' in what ? containers.filter(({ ImageID }) => bare(ImageID) === bare(what.image)) : containers;
  return users.map(({ Id, Names, Labels }) => {
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

function bare(id: string): string {
  return id.replace(/^sha256:/, '');
}
