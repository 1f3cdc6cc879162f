/** A container or pod that Berth did not make and this person connects to, as `adopted.json` has it. */
import * as z from 'zod';
import { absolutePath } from '../workspace/absolutePath.ts';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import { HostKey, LoginUser } from '../workspace/record.ts';
import { PublicKey } from '../workspace/settings.ts';

const Place = z.object({
  name: z.string().min(1).max(256),
  container: z.string().min(1).max(256).optional(),
  id: z.string().min(1).max(256),
});

/** How it is entered. */
const Entry = z.discriminatedUnion('way', [
  /** By the ssh server that runs in it, with whatever keys the person has for that. */
  z.object({ way: z.literal('server'), port: z.int().min(1).max(65535), hostKey: PublicKey }),
  /** By a session of sshd's own for each connection, out of a folder that Berth put there. */
  z.object({
    way: z.literal('exec'),
    folder: z.string().regex(/^\/tmp\/\.berth-[0-9a-f]{16}$/),
    hostKey: HostKey,
  }),
]);
export type Entry = z.infer<typeof Entry>;

export const Adopted = z.object({
  target: TargetId,
  name: WorkspaceName,
  place: Place,
  image: z.string().max(4096),
  user: LoginUser.shape.name,
  home: absolutePath,
  entry: Entry,
});
export type Adopted = z.infer<typeof Adopted>;

export const AdoptedFile = z.object({ version: z.literal(1), adopted: z.array(Adopted) });
export type AdoptedFile = z.infer<typeof AdoptedFile>;

/** The line that is pinned. */
export function hostKeyOf({ entry }: Pick<Adopted, 'entry'>): string {
  return entry.way === 'server' ? entry.hostKey : entry.hostKey.publicKey;
}

/** Where it is, as the engine's own tools call it. */
export function placeWords({ name, container }: Adopted['place']): string {
  return container === undefined ? name : `${name}/${container}`;
}
