/** A process that takes a workspace through its life and tells what it saw, in one line of JSON, by the clock it has. */
import { EngineBench } from '../engineBench.ts';
import { lifetimeIn } from '../lifetime.ts';

const [socketPath = ''] = process.argv.slice(2);
await using bench = await EngineBench.on(socketPath);
process.stdout.write(JSON.stringify(await lifetimeIn(bench)));
