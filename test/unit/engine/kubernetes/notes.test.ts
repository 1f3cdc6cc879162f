import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stopNote } from '../../../../src/engine/kubernetes/manifests.ts';
import { imageCommandIn, recordAnnotations, stopNoteIn } from '../../../../src/engine/kubernetes/notes.ts';
import { readLabels } from '../../../../src/engine/labels.ts';
import { recordOf } from '../records.ts';

const noImage = { user: '', entrypoint: [], command: [] };

describe('what a Secret says of its workspace', () => {
  it('is read back as it was written', () => {
    const image = { user: 'node', entrypoint: ['/entry'], command: ['a b', '"'], addsUser: true };
    const record = recordOf({ cpus: 3 });
    const annotations = recordAnnotations(record, image);
    assert.deepEqual(imageCommandIn(annotations), image);
    const { settings, login, problem } = readLabels(annotations);
    assert.deepEqual([settings?.cpus, login, problem], [3, record.login, undefined]);
  });

  it('is without secrets', () => {
    const record = recordOf({
      env: [{ name: 'TOKEN', value: 'hidden', secret: true }],
      gitToken: 'hidden',
    });
    assert.doesNotMatch(JSON.stringify(recordAnnotations(record, noImage)), /hidden|PRIVATE/);
  });
});

describe('why it stopped', () => {
  it('is read back as it was written', () => {
    const note = { cause: 'person', words: '“Ann” stopped it', at: '2026-01-02T03:04:05.000Z' } as const;
    assert.deepEqual(stopNoteIn(stopNote(note)), note);
  });

  it('is nothing where it is no note', () => {
    for (const text of ['', '{', '[]', '{"cause":"whim","words":"","at":""}']) {
      assert.equal(stopNoteIn({ 'workspace.berth/stopped': text }), undefined);
    }
    assert.equal(stopNoteIn({}), undefined);
  });
});

describe('annotations that others wrote', () => {
  it('are read without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        stopNoteIn({ 'workspace.berth/stopped': text });
        const { user, entrypoint, command } = imageCommandIn({ 'workspace.berth/image-command': text });
        assert.deepEqual(
          [typeof user, Array.isArray(entrypoint), Array.isArray(command)],
          ['string', true, true],
        );
      }),
    );
  });

  it('are those of an image that runs as root where they cannot be read', () => {
    assert.deepEqual(imageCommandIn({}), noImage);
  });
});
