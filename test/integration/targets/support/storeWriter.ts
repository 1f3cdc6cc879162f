/** A process of its own that writes to the list of targets: `storeWriter.ts FOLDER PREFIX COUNT`. */
import { parseEndpoint, TargetStore } from '../../../../src/engine/targets.ts';

const [folder = '', prefix = '', count = '0'] = process.argv.slice(2);
const store = new TargetStore(folder);
for (let number = 0; number < Number(count); number++) {
  await store.add({ endpoint: parseEndpoint(`ssh://${prefix}-${number}`) });
  process.stdout.write(`${number}\n`);
}
