import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EntryInfo, TargetFit } from '../../../src/panels/galleryMessages.ts';
import { TargetId } from '../../../src/workspace/name.ts';
import { type Filter, fitsTarget, isShown, noFilter } from '../../../webview/gallery/filter.ts';

const firefox: EntryInfo = {
  id: 'Firefox',
  name: 'Firefox',
  description: 'A browser for the web',
  categories: ['Browser', 'Desktop'],
  architectures: ['amd64'],
  channels: [],
  hasIcon: false,
  isEnabled: true,
  requiresGpu: false,
  isAllowed: false,
  hasChanged: false,
};
const target: TargetFit = {
  id: TargetId.parse('local'),
  title: 'This machine',
  kind: 'docker',
  isUp: true,
  architectures: ['amd64'],
  gpus: false,
  cpus: 4,
  memoryMiB: 8192,
};

describe('which entries the gallery shows', () => {
  const table: [string, Partial<Filter>, boolean][] = [
    ['everything at first', {}, true],
    ['by a part of the name, in any case', { query: 'FIRE' }, true],
    ['by words of the description and a category, in any order', { query: 'desk web' }, true],
    ['not where one of the words is missing', { query: 'fire fox water' }, false],
    ['of its architecture', { architecture: 'amd64' }, true],
    ['not of another', { architecture: 'arm64' }, false],
    ['of its category', { category: 'Desktop' }, true],
    ['not of another category', { category: 'Games' }, false],
    ['of its catalogue', { catalogue: 'https://a.example' }, true],
    ['not of another catalogue', { catalogue: 'https://b.example' }, false],
    ['what fits', { fits: true }, true],
  ];
  for (const [words, filter, expected] of table) {
    it(words, () => {
      assert.equal(
        isShown(firefox, { address: 'https://a.example' }, { ...noFilter, ...filter }, target),
        expected,
      );
    });
  }
});

describe('whether an entry fits a target', () => {
  const table: [string, Partial<EntryInfo>, Partial<TargetFit>, boolean][] = [
    ['the same architecture', {}, {}, true],
    ['one of several', { architectures: ['arm64', 'amd64'] }, {}, true],
    ['another one', { architectures: ['arm64'] }, {}, false],
    ['an entry that does not say', { architectures: [] }, {}, true],
    ['a target that does not say', { architectures: ['arm64'] }, { architectures: [] }, true],
    ['a GPU that is not there', { requiresGpu: true }, {}, false],
    ['a GPU that may be there', { requiresGpu: true }, { gpus: undefined }, true],
    ['too many CPUs', { cpus: 8 }, {}, false],
    ['too much memory', { memoryMiB: 16_384 }, {}, false],
    ['memory of a target that does not say', { memoryMiB: 16_384 }, { memoryMiB: undefined }, true],
  ];
  for (const [words, entry, more, expected] of table) {
    it(words, () => assert.equal(fitsTarget({ ...firefox, ...entry }, { ...target, ...more }), expected));
  }
});
