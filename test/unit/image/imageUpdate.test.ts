import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Answer,
  answerAgeMs,
  dueQuestions,
  followedImage,
  isNewer,
  runKey,
  runningReference,
  type Updatable,
  updateOf,
} from '../../../src/image/imageUpdate.ts';
import { formatReference } from '../../../src/image/reference.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];
const now = 10 * answerAgeMs;

function workspace(
  settings: SettingsInput,
  { digest = a, reference = settings.image, target = 'local', name = 'otter' } = {},
): Updatable {
  return {
    target: TargetId.parse(target),
    name: WorkspaceName.parse(name),
    settings: WorkspaceSettings.parse(settings),
    resolved: { reference, digest },
  };
}
const bookworm = workspace({ image: 'debian:bookworm' });
const answer = (changes: Partial<Answer> = {}): Answer => ({
  at: now - 1000,
  newest: b,
  judged: new Map([[runKey(bookworm), true]]),
  ...changes,
});
const key = 'docker.io/library/debian:bookworm';

describe('the tag that a workspace follows', () => {
  for (const [title, of, expected] of [
    ['is the one in the settings', bookworm, key],
    [
      'is latest where none is named',
      workspace({ image: 'ghcr.io/acme/dev' }, { reference: 'ghcr.io/acme/dev:latest' }),
      'ghcr.io/acme/dev:latest',
    ],
    [
      'is none where it was told not to look',
      workspace({ image: 'debian:bookworm', imageUpdates: 'never' }),
      '',
    ],
    ['is none where the image is named by digest', workspace({ image: `debian:bookworm@${a}` }), ''],
    ['is none where the image is named by its id', workspace({ image: 'abcdef012345' }), ''],
    [
      'is none where the registry could not be asked at the creation',
      workspace({ image: 'debian' }, { digest: '' }),
      '',
    ],
    [
      'is none where an edit named another image since',
      workspace({ image: 'debian:trixie' }, { reference: 'debian:bookworm' }),
      '',
    ],
    ['is none where the settings cannot be read', { ...bookworm, settings: undefined }, ''],
    ['is none while the workspace is being made', { ...bookworm, resolved: undefined }, ''],
    ['is none where the image is no reference', workspace({ image: 'Not/A/Reference' }), ''],
  ] as const) {
    it(title, () => {
      const reference = followedImage(of as Updatable);
      assert.equal(reference ? formatReference(reference) : '', expected);
    });
  }
});

describe('what to ask registries', () => {
  const rows: readonly (readonly [string, readonly Updatable[], Answer | undefined, number])[] = [
    ['nothing of nobody', [], undefined, 0],
    ['what was never asked', [bookworm], undefined, 1],
    [
      'an image of many workspaces once',
      [bookworm, { ...bookworm, name: WorkspaceName.parse('b') }],
      undefined,
      1,
    ],
    ['nothing while the answer is fresh', [bookworm], answer(), 0],
    ['again when the answer is an hour old', [bookworm], answer({ at: now - answerAgeMs }), 1],
    ['again where the clock was set back', [bookworm], answer({ at: now + 1 }), 1],
    [
      'nothing for an hour where the registry could not be asked',
      [bookworm],
      answer({ newest: undefined }),
      0,
    ],
    [
      'again where a workspace runs what the answer says nothing of',
      [workspace({ image: 'debian:bookworm' }, { digest: c })],
      answer(),
      1,
    ],
    [
      'again where it runs the same on a target that was not asked',
      [workspace({ image: 'debian:bookworm' }, { target: 'far' })],
      answer(),
      1,
    ],
    ['nothing of one that follows no tag', [workspace({ image: `debian@${a}` })], undefined, 0],
  ];
  for (const [title, workspaces, known, count] of rows) {
    it(title, () => {
      const answers = new Map(known ? [[key, known]] : []);
      assert.equal(dueQuestions(workspaces, answers, now).length, count);
    });
  }
});

describe('the mark of a workspace', () => {
  const marked = { image: 'debian:bookworm', from: a, to: b };
  for (const [title, of, known, expected] of [
    ['says from which digest to which', bookworm, answer(), marked],
    ['outlives the hour until there is another answer', bookworm, answer({ at: 0 }), marked],
    ['is not there before anything was asked', bookworm, undefined, undefined],
    [
      'is not there where the registry could not be asked',
      bookworm,
      answer({ newest: undefined }),
      undefined,
    ],
    [
      'is not there for the same image',
      bookworm,
      answer({ judged: new Map([[runKey(bookworm), false]]) }),
      undefined,
    ],
    ['goes with the rebuild', workspace({ image: 'debian:bookworm' }, { digest: b }), answer(), undefined],
    [
      'goes where it is told not to look any more',
      workspace({ image: 'debian:bookworm', imageUpdates: 'never' }),
      answer(),
      undefined,
    ],
  ] as const) {
    it(title, () => assert.deepEqual(updateOf(of, new Map(known ? [[key, known]] : [])), expected));
  }

  for (const [title, digests, expected] of [
    ['an engine that keeps no images takes digests as they are', 'keeps-no-images', true],
    ['an engine that has it from a registry', [`debian@${a}`], true],
    ['an engine that knows it by both digests, of index and manifest', [`debian@${a}`, `debian@${b}`], false],
    ['an engine where the image was made has no registry to compare with', undefined, false],
  ] as const) {
    it(title, () => assert.equal(isNewer(a, b, digests), expected));
  }
  it('the same digest is never newer', () => assert.equal(isNewer(a, a, 'keeps-no-images'), false));
  it('an engine is asked for the very image', () => assert.equal(runningReference(bookworm), `debian@${a}`));
});
