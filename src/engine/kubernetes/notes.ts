/** What a workspace's Secret says in its annotations beside the copy of the settings: marks and stops. Pure. */
import * as z from 'zod';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { stateCauses } from '../../workspace/state.ts';
import { berthLabels, parseJson } from '../labels.ts';

export const noteKeys = {
  /** Why and since when it is off; absent while it is meant to run. */
  stopped: 'workspace.berth/stopped',
  /** What of the image decides about the pod. */
  imageCommand: 'workspace.berth/image-command',
  /** A hash of the boot.sh in it. */
  boot: 'workspace.berth/boot',
  /** On the claim: the image's own home has been copied into it. */
  filled: 'workspace.berth/filled',
  /** On the Secret, until the data that its home begins with has come. */
  filling: 'workspace.berth/filling',
  /** On a pod, changed to have its kubelet look again at what it mounts. */
  nudge: 'workspace.berth/nudge',
} as const;

export const StopNote = z.object({
  cause: z.enum(stateCauses),
  words: z.string(),
  /** ISO 8601, UTC, by the clock of who stopped it. */
  at: z.string(),
});
export type StopNote = z.infer<typeof StopNote>;

export function stopNoteIn(annotations: Readonly<Record<string, string>>): StopNote | undefined {
  return parseJson(StopNote, annotations[noteKeys.stopped]);
}

/** What of an image's config the pod is made by, kept from the day it was resolved. */
export const ImageCommand = z.object({
  /** As in the config, '' for root. */
  user: z.string(),
  entrypoint: z.array(z.string()),
  command: z.array(z.string()),
  /** The image lacks the login user and boot may not add it: an /etc/passwd with it stands in the Secret. */
  addsUser: z.boolean().optional(),
});
export type ImageCommand = z.infer<typeof ImageCommand>;

export function imageCommandIn(annotations: Readonly<Record<string, string>>): ImageCommand {
  return (
    parseJson(ImageCommand, annotations[noteKeys.imageCommand]) ?? { user: '', entrypoint: [], command: [] }
  );
}

/** Identity and settings of a record, and its image's command. */
export function recordAnnotations(record: WorkspaceRecord, image: ImageCommand): Record<string, string> {
  return { ...berthLabels(record), [noteKeys.imageCommand]: JSON.stringify(image) };
}
