/** Everything that the API server says of a workspace, for people to read; secrets are left out. */

import * as l10n from '@vscode/l10n';
import { dump } from 'js-yaml';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { EngineClock } from '../clock.ts';
import { shownRecord } from '../creating.ts';
import type { CreateRequest, Preview } from '../engine.ts';
import type { FoundImage } from './imageFinder.ts';
import { claimManifest, jobManifest, secretManifest, serviceManifest } from './manifests.ts';
import { homeClaim, objectName } from './names.ts';
import type { Objects } from './objects.ts';
import type { Parts } from './parts.ts';
import { anyLogin } from './podPlan.ts';
import type { PodUser } from './podTemplate.ts';

export async function inspectParts(objects: Objects, { name, pods }: Parts): Promise<unknown> {
  const [record, home, job, ...found] = await Promise.all([
    objects.raw('secret', objectName(name)),
    objects.raw('claim', homeClaim(name)),
    objects.raw('job', objectName(name)),
    ...pods.map(pod => objects.raw('pod', pod.name)),
  ]);
  return { record: withoutData(record), home, job, pods: found };
}

/** The manifests of a creation, as text. */
export async function previewOf(
  request: CreateRequest,
  image: FoundImage['command'],
  bootScript: string,
  clock: Pick<EngineClock, 'now'>,
  userOf: (record: WorkspaceRecord) => Promise<PodUser>,
): Promise<Preview> {
  const draft = shownRecord(request, clock);
  const as = await userOf({ ...draft, login: anyLogin });
  // Where root is refused it is the image that says who it is.
  const record = as === 'login' ? { ...draft, login: anyLogin } : draft;
  const owner = { name: objectName(request.name), uid: '00000000-0000-0000-0000-000000000000' };
  const plan = { record, image, as, fillsHome: true };
  const service = serviceManifest(record, owner);
  const manifests = [
    withoutData(secretManifest(record, image, bootScript)),
    claimManifest(record),
    jobManifest(plan, owner),
    ...(service ? [service] : []),
  ];
  const notes = [
    l10n.t('What is secret stands as ***, and the owner’s uid is known once the Secret is made.'),
    l10n.t(
      'Who logs in, where the home is mounted, and the image’s digest are known once the image has been looked at.',
    ),
  ];
  return {
    language: 'yaml',
    text: `${notes.map(note => `# ${note}\n`).join('')}${manifests.map(manifest => yamlOf(manifest)).join('---\n')}`,
  };
}

/** The keys stay, so that one sees what there is. */
function withoutData(secret: unknown): unknown {
  if (typeof secret !== 'object' || secret === null || !('data' in secret)) return secret;
  const { data, ...rest } = secret;
  return { ...rest, data: Object.fromEntries(Object.keys(data ?? {}).map(key => [key, '***'])) };
}

function yamlOf(value: unknown): string {
  return dump(JSON.parse(JSON.stringify(value)), { lineWidth: 120, noRefs: true });
}
