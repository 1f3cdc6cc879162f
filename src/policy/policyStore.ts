/** The last good copies of policies on this machine's disk: that there is one means that the policy was seen. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../ssh/atomicWrite.ts';
import { hasCode } from '../ssh/ioError.ts';

const StoredPolicy = z.object({
  address: z.string(),
  text: z.string(),
  etag: z.string().optional(),
  /** Unix time in ms: when it was read last. */
  at: z.number(),
});
export type StoredPolicy = z.infer<typeof StoredPolicy>;

export class PolicyStore {
  readonly #folder: string;

  /** Made when needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A copy that cannot be read was one all the same: its text is empty then. */
  async get(address: string): Promise<StoredPolicy | undefined> {
    try {
      return StoredPolicy.parse(JSON.parse(await readFile(this.#path(address), 'utf8')));
    } catch (error) {
      return hasCode(error, 'ENOENT', 'ENOTDIR') ? undefined : { address, text: '', at: 0 };
    }
  }

  async keep(policy: StoredPolicy): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeAtomically(this.#path(policy.address), JSON.stringify(policy), { mode: 0o600 });
  }

  async forget(address: string): Promise<void> {
    await rm(this.#path(address), { force: true });
  }

  #path(address: string): string {
    return join(this.#folder, `${createHash('sha256').update(address).digest('hex').slice(0, 32)}.json`);
  }
}
