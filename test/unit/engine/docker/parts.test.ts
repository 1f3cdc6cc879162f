import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineClock } from '../../../../src/engine/clock.ts';
import { factsOf, type Observed, partsOfAll, workspaceOf } from '../../../../src/engine/docker/parts.ts';
import { labelKeys, partLabels } from '../../../../src/engine/labels.ts';
import { TargetId } from '../../../../src/workspace/name.ts';
import { containerOf, recordOf, recordVolumeOf, settingsOf, web } from './support.ts';

const home = { name: 'berth-web-home', labels: partLabels(web, 'home') };
const mark = {
  name: 'berth-web-mark-building',
  labels: partLabels(web, 'mark', {
    [labelKeys.maker]: JSON.stringify({ identity: 'other', host: 'h', pid: 1 }),
    [labelKeys.at]: '1000',
    [labelKeys.token]: 't',
  }),
};
const edit = (revision: number, description: string) => ({
  name: `berth-web-mark-edit-${revision}`,
  labels: partLabels(web, 'mark', {
    [labelKeys.settings]: JSON.stringify(settingsOf({ description })),
    [labelKeys.revision]: String(revision),
  }),
});
const settled: Observed = {
  boot: 'ready',
  stopReason: undefined,
  isMakerAlive: false,
  failure: undefined,
  activity: undefined,
};

describe('partsOfAll', () => {
  it('puts container, home and record together', () => {
    const parts = partsOfAll([containerOf()], [home, recordVolumeOf()]).get(web);
    assert.equal(parts?.container?.id, 'c1');
    assert.equal(parts.home?.name, home.name);
    assert.equal(parts.record?.name, 'berth-web-record');
    assert.equal(parts.foreign, undefined);
  });

  it('a kept home alone is no workspace, a mark alone is one', () => {
    assert.equal(partsOfAll([], [home]).size, 0);
    assert.equal(partsOfAll([], [mark]).get(web)?.building?.maker.identity, 'other');
  });

  it('a home that was made by hand, without labels, is the home', () => {
    const parts = partsOfAll([containerOf()], [{ ...home, labels: {} }, recordVolumeOf()]).get(web);
    assert.equal(parts?.home?.name, 'berth-web-home');
  });

  it('labels alone do not make a container ours: an image made of a workspace hands them on', () => {
    const stranger = containerOf({ id: 'x', name: 'stranger', volumes: [] });
    assert.equal(partsOfAll([stranger], []).size, 0);
    assert.equal(partsOfAll([stranger], [recordVolumeOf()]).get(web)?.container, undefined);
  });

  it('a container that a rebuild is making is not yet the workspace’s', () => {
    const interim = containerOf({ id: 'i', name: 'berth-web_0123456789abcdef' });
    for (const containers of [[interim], [interim, containerOf()]]) {
      const parts = partsOfAll(containers, [recordVolumeOf()]).get(web);
      assert.equal(parts?.container?.id, containers.length > 1 ? 'c1' : undefined);
      assert.deepEqual(parts?.interims, [interim]);
    }
  });

  it('a renamed container is still ours, one under our name without our record is foreign', () => {
    const renamed = containerOf({ name: 'odd' });
    assert.equal(partsOfAll([renamed], [recordVolumeOf()]).get(web)?.container?.name, 'odd');
    const foreign = containerOf({ id: 'f', labels: {}, volumes: [] });
    const parts = partsOfAll([foreign, renamed], [recordVolumeOf()]).get(web);
    assert.deepEqual([parts?.container?.name, parts?.foreign?.id], ['odd', 'f']);
  });

  it('of two during a rebuild the one with the name counts', () => {
    const interim = containerOf({ id: 'new', name: 'berth-web_abc' });
    assert.equal(partsOfAll([interim, containerOf()], [recordVolumeOf()]).get(web)?.container?.id, 'c1');
  });

  it('a passage is never taken for the workspace', () => {
    const passage = containerOf({ id: 'p', name: 'odd', labels: partLabels(web, 'passage') });
    const parts = partsOfAll([passage], [recordVolumeOf()]).get(web);
    assert.equal(parts?.container, undefined);
    assert.deepEqual(
      parts?.passages.map(({ id }) => id),
      ['p'],
    );
  });
});

describe('what the parts say together', () => {
  it('the newest edit’s settings count, until a rebuild has caught up', () => {
    const volumes = [home, recordVolumeOf(), edit(10, 'newest'), edit(4, 'older')];
    const parts = partsOfAll([containerOf()], volumes).get(web);
    assert.ok(parts);
    assert.equal(factsOf(parts).settings?.description, 'newest');
    const rebuilt = containerOf({ labels: { ...containerOf().labels, [labelKeys.revision]: '11' } });
    const later = partsOfAll([rebuilt], volumes).get(web);
    assert.ok(later);
    assert.equal(factsOf(later).settings?.description, '');
  });

  it('without a container the record’s labels draw the workspace', () => {
    const parts = partsOfAll([], [home, recordVolumeOf(recordOf({ description: 'mine' }))]).get(web);
    assert.ok(parts);
    const workspace = workspaceOf(TargetId.parse('here'), parts, settled, new EngineClock());
    assert.equal(workspace.settings?.description, 'mine');
    assert.equal(workspace.state.cause, 'removed');
    assert.equal(workspace.startedAt, undefined);
  });

  it('an early creation shows who and when', () => {
    const parts = partsOfAll([], [mark]).get(web);
    assert.ok(parts);
    const workspace = workspaceOf(
      TargetId.parse('here'),
      parts,
      { ...settled, isMakerAlive: true },
      new EngineClock(),
    );
    assert.deepEqual(
      [workspace.state.kind, workspace.createdBy, workspace.createdAt],
      ['Building', 'other', '1970-01-01T00:00:01.000Z'],
    );
  });
});
