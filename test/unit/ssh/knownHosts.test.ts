import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isPinned, pinLine, withPin, withPinsOf } from '../../../src/ssh/knownHosts.ts';
import { aliasOf, TargetId, WorkspaceName } from '../../../src/workspace/name.ts';

const target = TargetId.parse('local');
const other = TargetId.parse('al');
const pin = (name: string, key: string, on = target) => ({
  alias: aliasOf(WorkspaceName.parse(name), on),
  hostKey: `ssh-ed25519 ${key} comment of a person`,
});

describe('known_hosts', () => {
  it('has one line for a workspace, without the comment', () => {
    assert.equal(pinLine(pin('otter', 'AAAA')), 'otter.local.berth ssh-ed25519 AAAA');
  });

  it('takes a workspace that was made anew with another key', () => {
    const before = withPin('', pin('otter', 'AAAA'));
    const after = withPin(before, pin('otter', 'BBBB'));
    assert.equal(after, 'otter.local.berth ssh-ed25519 BBBB\n');
    assert.equal(isPinned(after, pin('otter', 'BBBB')), true);
    assert.equal(isPinned(after, pin('otter', 'AAAA')), false);
  });

  it('sees a second key for the same alias as not pinned', () => {
    const two = `${pinLine(pin('otter', 'AAAA'))}\n${pinLine(pin('otter', 'EVIL'))}\n`;
    assert.equal(isPinned(two, pin('otter', 'AAAA')), false);
    assert.equal(withPin(two, pin('otter', 'AAAA')), `${pinLine(pin('otter', 'AAAA'))}\n`);
  });

  it('rewrites the pins of one target and leaves those of others, also where one id ends like the other', () => {
    const before = withPinsOf(withPin('# kept\n', pin('otter', 'AAAA', other)), target, [pin('fox', 'BBBB')]);
    const after = withPinsOf(before, target, [pin('yak', 'CCCC'), pin('bee', 'DDDD')]);
    assert.equal(
      after,
      [
        '# kept',
        'otter.al.berth ssh-ed25519 AAAA',
        'bee.local.berth ssh-ed25519 DDDD',
        'yak.local.berth ssh-ed25519 CCCC',
        '',
      ].join('\n'),
    );
    assert.equal(withPinsOf(after, other, []).includes('otter'), false);
  });

  it('comes out the same however often and in whatever order it is written', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), { maxLength: 8 });
    fc.assert(
      fc.property(names, fc.string(), (some, text) => {
        const pins = some.map(name => pin(name, 'AAAA'));
        const once = withPinsOf(text, target, pins);
        assert.equal(withPinsOf(once, target, pins.toReversed()), once);
        for (const each of pins) assert.equal(isPinned(once, each), true);
      }),
    );
  });
});
