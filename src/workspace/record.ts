/** A workspace's record: its whole truth, kept on its target (Docker: the record volume; Kubernetes: a Secret). */
import * as z from 'zod';
import { absolutePath } from './absolutePath.ts';
import { WorkspaceName } from './name.ts';
import { PublicKey, WorkspaceSettings } from './settings.ts';

/** Raised when a newer Berth writes something that this one must not touch. */
export const recordSchema = 1;

/**
 * Who logs in and where the home is mounted, read from the image once and kept by digest. The name is one that boot
 * lets in: it goes into the ssh config of everybody who sees the workspace.
 */
export const LoginUser = z.object({
  name: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9_.@][A-Za-z0-9_.@-]*\$?$/),
  uid: z.int().min(0),
  gid: z.int().min(0),
  home: absolutePath,
});
export type LoginUser = z.infer<typeof LoginUser>;

/** A key that may enter, and whose it is. */
export const AuthorizedKey = z.object({ key: PublicKey, owner: z.string().max(320) });
export type AuthorizedKey = z.infer<typeof AuthorizedKey>;

/** OpenSSH ed25519 host key: PEM of the private half, one line of the public half. */
export const HostKey = z.object({ privateKey: z.string(), publicKey: PublicKey });
export type HostKey = z.infer<typeof HostKey>;

export const Record = z.object({
  schema: z.literal(recordSchema),
  /** Counts the writes: a write against an older one is refused and retried on the new. */
  revision: z.int().min(1),
  name: WorkspaceName,
  createdBy: z.string().max(320),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  /** Secret values included: this is the only place that has them. */
  settings: WorkspaceSettings,
  hostKey: HostKey,
  authorizedKeys: z.array(AuthorizedKey),
  /** The image as it was resolved at creation or rebuild; every start uses it. */
  image: z.object({ reference: z.string(), digest: z.string() }),
  login: LoginUser,
  /** The key made by Berth for git, where gitAccess is 'key'. */
  gitKey: HostKey.optional(),
  /** A policy's: the longest that a session may last with all its extensions. */
  capHours: z.int().min(1).optional(),
});
export type Record = z.infer<typeof Record>;
