import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageKind } from '../../../src/workspace/settings.ts';
import { ImageResults } from '../../../webview/create/imageResults.ts';

const images = (...references: readonly string[]) =>
  references.map(reference => ({
    reference,
    kind: (reference.includes('jupyter') ? 'jupyter' : 'ssh') as ImageKind,
  }));
const found = (search: number, source: string, ...references: readonly string[]) => ({
  search,
  source,
  title: source,
  images: images(...references),
});
const shown = (results: ImageResults, kind?: ImageKind) =>
  results.options(kind).map(({ group, label }) => `${group} ${label}`);

describe('the images that a search has found', () => {
  it('stand in the order of their sources, however they come', () => {
    const results = new ImageResults();
    const search = results.begin('');
    results.add(found(search, 'registries', 'a:1'));
    results.add(found(search, 'recent', 'b:1'));
    results.add(found(search, 'registries', 'c:1'));
    assert.deepEqual(shown(results), ['recent b:1', 'registries a:1', 'registries c:1']);
  });

  it('are each shown once, where they stand first', () => {
    const results = new ImageResults();
    const search = results.begin('');
    results.add({
      ...found(search, 'local', 'a:1'),
      images: [{ reference: 'a:1', kind: 'ssh', detail: '7 MiB' }],
    });
    results.add(found(search, 'recent', 'a:1'));
    assert.deepEqual(results.options(undefined), [
      { value: 'a:1', label: 'a:1', group: 'recent', detail: '7 MiB' },
    ]);
  });

  it('of a chosen kind come first, shared ones before own, and the others last', () => {
    const results = new ImageResults();
    const search = results.begin('');
    results.add(found(search, 'recent', 'plain:1', 'jupyter-own:1'));
    results.add(found(search, 'recommended', 'other:1', 'jupyter:1'));
    assert.deepEqual(shown(results, 'jupyter'), [
      'recommended jupyter:1',
      'recent jupyter-own:1',
      'Of another kind other:1',
      'Of another kind plain:1',
    ]);
  });

  it('of the search before stay as far as they fit, until there is better', () => {
    const results = new ImageResults();
    const first = results.begin('');
    results.add(found(first, 'local', 'debian:1', 'alpine:1'));
    results.add(found(first, 'recent', 'debian:2'));
    results.end(first);
    results.narrow('deb');
    assert.deepEqual(shown(results), ['recent debian:2', 'local debian:1']);
    const second = results.begin('deb');
    results.add(found(second, 'local', 'debian:3', 'by-its-description:1'));
    assert.deepEqual(shown(results), ['recent debian:2', 'local debian:3', 'local by-its-description:1']);
    results.end(second);
    assert.deepEqual(shown(results), ['local debian:3', 'local by-its-description:1']);
  });

  it('of a search that is over count no more', () => {
    const results = new ImageResults();
    const first = results.begin('a');
    results.begin('b');
    assert.equal(results.add(found(first, 'local', 'a:1')), false);
    assert.equal(results.end(first), false);
    assert.deepEqual([shown(results), results.isSearching], [[], true]);
  });
});
