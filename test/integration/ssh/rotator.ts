/**
 * Rotates the key of a folder by itself, so that it can be killed: `rotator.ts FOLDER NAMES [WORDS]`. Says each step on
 * stdout, and stands still for good at the first that has the words in it.
 */

import { KeyRotation } from '../../../src/ssh/keyRotation.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { openSocket } from '../engineBench.ts';
import { placeOf } from './places.ts';

const [folder = '', names = '', words] = process.argv.slice(2);
const home = new SshHome({ sshFolder: folder });
using engine = await openSocket(dockerSocket);
await new KeyRotation(home).run(
  [placeOf(engine, 't', names.split(','))],
  progress => {
    if (progress.kind !== 'step') return;
    process.stdout.write(`${progress.message}\n`, () => {});
    if (words !== undefined && progress.message.includes(words)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
  },
  AbortSignal.timeout(240_000),
);
