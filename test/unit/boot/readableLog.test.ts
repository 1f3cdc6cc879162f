import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readableLog } from '../../../src/boot/readableLog.ts';

async function read(pieces: readonly string[]): Promise<string[]> {
  async function* log() {
    yield* pieces;
  }
  return await Array.fromAsync(readableLog(log()));
}
const whole = async (pieces: readonly string[]) => (await read(pieces)).join('');

describe('the log for people', () => {
  it('says boot’s lines in words and leaves the others', async () => {
    const log = '@berth sshd begin\napt says hello\n@berth sshd ok /usr/sbin/sshd\n@berth init fail exit 3\n';
    assert.equal(
      await whole([log]),
      '── SSH server …\napt says hello\n── SSH server ✓: /usr/sbin/sshd\n── Init script failed: exit 3\n',
    );
  });

  it('holds back nothing but what may be boot’s', async () => {
    assert.deepEqual(await read(['Progress: 10 %', ' 20 %', '\n@ber', 'th ready ok\n']), [
      'Progress: 10 %',
      ' 20 %',
      '\n',
      '── Ready to enter ✓\n',
    ]);
  });

  it('takes words in the middle of a line for no line of boot’s', async () => {
    assert.equal(await whole(['echo ', '@berth ready ok\n']), 'echo @berth ready ok\n');
  });

  it('is the same however the log is cut, and loses nothing of other lines', async () => {
    const line = fc.oneof(
      fc.constantFrom('@berth ready ok', '@berth', '@berth x y', '', 'a\r'),
      fc.string().map(text => text.replaceAll('\n', '').replaceAll('@berth ', '')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(20)), async (lines, cuts) => {
        const log = lines.join('\n');
        const pieces: string[] = [];
        let rest = log;
        for (const cut of cuts) {
          pieces.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        pieces.push(rest);
        const text = await whole(pieces);
        assert.equal(text, await whole([log]));
        assert.equal(text.replaceAll('── Ready to enter ✓', '@berth ready ok'), log);
      }),
    );
  });
});
