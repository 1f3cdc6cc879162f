/** The newest labels of a workspace, on a volume of their own: those of its container and record cannot be changed. */
import type Dockerode from 'dockerode';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { changedLabels, partLabels } from '../labels.ts';
import { unlessGone } from './errors.ts';
import { removeMark } from './marks.ts';
import { markVolume, recordVolume } from './names.ts';
import type { Parts } from './parts.ts';
import { deleted, removeVolumes } from './volumeSet.ts';

/**
 * To be left with every write of the record after its first; takes the place of the copies before. Throws 'not-found', and
 * leaves none, where the record is gone by then: whoever deletes looks for copies after that once more.
 */
export async function leaveCopy(
  docker: Dockerode,
  edits: Parts['edits'],
  record: WorkspaceRecord,
): Promise<void> {
  const { name, revision } = record;
  const copy = markVolume(name, `edit-${revision}`);
  const labels = { ...partLabels(name, 'mark'), ...changedLabels(record) };
  await docker.createVolume({ Name: copy, Labels: labels });
  if (!(await unlessGone(docker.getVolume(recordVolume(name)).inspect()))) {
    await removeMark(docker, name, `edit-${revision}`);
    throw deleted(name);
  }
  await removeVolumes(
    docker,
    edits.filter(edit => edit.name !== copy),
  );
}
