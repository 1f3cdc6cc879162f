/** What stands in a backup beside the data: where it is from, and the checksums that tell that it is whole. */
import * as z from 'zod';
import { compressions } from './compression.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const BackupManifest = z.object({
  format: z.literal('berth-backup'),
  /** Raised when an older Berth could not read it. */
  version: z.literal(1),
  /** ISO 8601, UTC. */
  madeAt: z.iso.datetime(),
  madeBy: z.string(),
  workspace: z.object({ name: z.string(), target: z.string(), engine: z.string() }),
  /** Settings without secrets; any JSON, since another Berth may have written them: the form says what is wrong. */
  settings: z.record(z.string(), z.unknown()),
  image: z.object({ reference: z.string(), digest: z.string() }),
  /** Whose home it is: their files become those of whoever logs in where it is restored. */
  login: z.object({ name: z.string(), uid: z.int().min(0), gid: z.int().min(0), home: z.string() }),
  compression: z.enum(compressions),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

export const BackupSums = z.object({
  /** Of manifest.json as it stands in the file. */
  manifest: sha256,
  /** Of the tar, uncompressed. */
  tar: z.object({ bytes: z.int().min(0), sha256 }),
  /** Of the compressed data, piece by piece: damage is found where it is, and a check goes on where it stopped. */
  data: z.object({ bytes: z.int().min(0), chunkBytes: z.int().min(1), chunks: z.array(sha256) }),
});
export type BackupSums = z.infer<typeof BackupSums>;

export const manifestName = 'manifest.json';
export const sumsName = 'checksums.json';
/** Of the data, before its suffix. */
export const dataName = 'home';
export const chunkBytes = 64 << 20;
