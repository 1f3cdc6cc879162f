import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { Voice } from '../../../src/proxy/voice.ts';
import { BerthError } from '../../../src/workspace/error.ts';

function listen(isTTY: boolean) {
  const out = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
  return { voice: new Voice(out), heard: () => String((out as unknown as PassThrough).read() ?? '') };
}
const begin = { kind: 'boot', event: { stage: 'sshd', event: 'begin', message: '' } } as const;

describe('the voice of the proxy', () => {
  it('tells a person at a terminal each stage, in a line', () => {
    const { voice, heard } = listen(true);
    voice.note('starting yak');
    voice.progress({ kind: 'step', step: 'start', message: 'Starting the container' });
    voice.progress(begin);
    voice.waiting('stop', 'yak');
    voice.waiting('stop', 'yak');
    assert.equal(
      heard(),
      'berth: starting yak\nberth: Starting the container\nberth: boot: sshd\nberth: waiting until yak has stopped\n',
    );
  });

  it('says nothing to a program but the line of a failure', () => {
    const { voice, heard } = listen(false);
    voice.note('starting yak');
    voice.progress(begin);
    assert.equal(heard(), '');
    voice.fail(new BerthError('There is no yak'));
    assert.equal(heard(), 'berth: There is no yak\n');
  });

  it('adds why boot failed, once', () => {
    const failed = { kind: 'boot', event: { stage: 'sshd', event: 'fail', message: 'no network' } } as const;
    for (const [message, expected] of [
      ['yak did not boot', 'yak did not boot: no network'],
      ['yak did not boot (no network)', 'yak did not boot (no network)'],
    ] as const) {
      const { voice, heard } = listen(false);
      voice.progress(failed);
      voice.fail(new BerthError(message, { code: 'boot-failed' }));
      assert.equal(heard(), `berth: ${expected}\n`);
    }
  });

  it('stays one line, and steers no terminal', () => {
    const { voice, heard } = listen(false);
    voice.fail(new Error('one\r\n  two\n\x1b[31mred\x07'));
    assert.equal(heard(), 'berth: one; two;  [31mred \n');
  });
});
