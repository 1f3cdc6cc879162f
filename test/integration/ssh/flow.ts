/** What goes on while bytes flow: processes and their memory, and what a gigabyte must add up to. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** The processes whose parent this is. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // After the command in brackets: state, parent.
    if (Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === pid) children.push(Number(name));
  }
  return children;
}

/** Bytes of memory that a process holds now; 0 where it is gone. */
export async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Of 2^30 zero bytes, in hex. */
export async function sha256OfGigabyte(): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.alloc(1 << 24);
  for (let index = 0; index < 64; index++) hash.update(block);
  return hash.digest('hex');
}
