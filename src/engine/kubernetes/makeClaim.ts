/** The claim of a workspace's home. */
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { claimManifest } from './manifests.ts';
import { homeClaim, isOurs } from './names.ts';
import { isKubeStatus } from './status.ts';
import { foreignError, type Workbench } from './workbench.ts';

/** Fine too where it is there: somebody else finishes the same creation. `token`: of who may take it back. */
export async function makeClaim(
  { objects }: Workbench,
  record: WorkspaceRecord,
  token?: string,
): Promise<void> {
  try {
    await objects.create('claim', claimManifest(record, token));
  } catch (error) {
    if (!isKubeStatus(error, 'AlreadyExists')) throw error;
    const claim = await objects.get('claim', homeClaim(record.name));
    if (claim && !isOurs(claim, record.name)) {
      throw foreignError('PersistentVolumeClaim', claim.name, record.name);
    }
  }
}
