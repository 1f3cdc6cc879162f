/**
 * A process that restores a backup over a workspace's home, and dies of itself the hard way: in the middle of the data, or
 * with the last of it on its way. `restorer.ts MOMENT BACKUP WORKSPACE SOCKET` or `… WORKSPACE KUBECONFIG NAMESPACE`.
 */
import { Readable } from 'node:stream';
import { openBackup } from '../../src/backup/backupReader.ts';
import type { TarSource } from '../../src/engine/engine.ts';
import { backupSource, homesOf } from '../../src/engine/homeSources.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { never, openSocket, silent } from './engineBench.ts';
import { openNamespace } from './kubernetes/kubeBench.ts';

const [moment, path = '', name = '', place = '', namespace] = process.argv.slice(2);
const engine = namespace === undefined ? await openSocket(place) : await openNamespace(place, namespace);
const backup = backupSource(await openBackup(path));

const source: TarSource = {
  open: async signal => {
    const home = await backup.open(signal);
    async function* untilDeath() {
      let passed = 0;
      for await (const chunk of home.tar) {
        yield chunk;
        passed += chunk.length;
        if (moment === 'middle' && passed > 8 << 20) process.kill(process.pid, 'SIGKILL');
      }
      process.kill(process.pid, 'SIGKILL');
    }
    return { ...home, tar: Readable.from(untilDeath(), { objectMode: false }) };
  },
};
await homesOf(engine).replace(WorkspaceName.parse(name), source, silent, never);
