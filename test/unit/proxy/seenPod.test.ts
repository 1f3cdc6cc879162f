import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatSeenPod, isWanted, parseSeenPod } from '../../../src/proxy/seenPod.ts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPJp3HyDw0f5GcL0nF3mRmOvE6lkyR1DSVnFaKcHZWtq';

describe('what the proxy remembers of a pod', () => {
  it('is read back as it was written', () => {
    for (const address of [undefined, '10.0.0.7', 'fd00::7']) {
      const seen = { pod: 'berth-web-x7k2p', hostKey, address };
      assert.deepEqual(parseSeenPod(formatSeenPod(seen)), seen);
    }
  });

  it('is nothing where the file is not whole, or not one', () => {
    const whole = formatSeenPod({ pod: 'berth-web-x7k2p', hostKey, address: '10.0.0.7' });
    const texts = [
      undefined,
      '',
      whole.slice(0, -1),
      `${whole}more\n`,
      `\n${hostKey}\n\n`,
      'berth-web-x7k2p\n\n\n',
      ...['../secrets', 'a/exec', 'A', '-a', 'a b', '.'].map(pod =>
        formatSeenPod({ pod, hostKey, address: undefined }),
      ),
    ];
    for (const text of texts) assert.equal(parseSeenPod(text), undefined, text);
  });

  it('names a pod that may stand in a path, whatever the file says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pod, rest) => {
        const seen = parseSeenPod(`${pod}\n${rest}\n\n`);
        assert.ok(seen === undefined || encodeURIComponent(seen.pod) === seen.pod);
      }),
    );
  });

  it('counts only while pods are to be reached that way', () => {
    const forward = { pod: 'a', hostKey, address: undefined };
    const direct = { ...forward, address: '10.0.0.7' };
    const settings = (kubernetesConnect: string) => JSON.stringify({ kubernetesConnect });
    for (const [text, isForwardWanted, isDirectWanted] of [
      [undefined, true, false],
      ['no JSON', true, false],
      ['null', true, false],
      [settings('forward'), true, false],
      [settings('direct'), false, true],
      [settings('auto'), true, true],
    ] as const)
      assert.deepEqual([isWanted(forward, text), isWanted(direct, text)], [isForwardWanted, isDirectWanted]);
  });
});
