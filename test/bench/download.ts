/** How fast bytes come through ssh. */
import { spawn } from 'node:child_process';

const downloadBytes = 400 * 1024 * 1024;

/** MB/s (10^6 bytes) of a download that goes nowhere. */
export async function download(ssh: readonly string[]): Promise<number> {
  const child = spawn('ssh', [...ssh, `head -c ${downloadBytes} /dev/zero`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  let received = 0;
  let first = 0;
  for await (const chunk of child.stdout) {
    first ||= performance.now();
    received += (chunk as Buffer).length;
  }
  if (received !== downloadBytes) throw new Error(`${received} of ${downloadBytes} bytes came`);
  return received / 1000 / (performance.now() - first);
}
