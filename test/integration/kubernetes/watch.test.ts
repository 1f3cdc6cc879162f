import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type Change, watchList } from '../../../src/engine/kubernetes/watch.ts';
import { eventually } from '../../support/command.ts';
import { ApiServer, json, refuse, statusOf } from './apiServer.ts';

const Thing = z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string() }) });
type Thing = z.infer<typeof Thing>;
const thing = (name: string, version: number) => ({ metadata: { name, resourceVersion: String(version) } });
const list = (version: number, ...items: object[]) => ({
  kind: 'List',
  metadata: { resourceVersion: String(version) },
  items,
});

/** A server whose lists are told beforehand and whose watches are held open for the test. */
class Scene {
  readonly server: ApiServer;
  readonly changes: string[] = [];
  readonly failures: unknown[] = [];
  readonly watches: { url: URL; response: ServerResponse }[] = [];
  lists = 0;
  onList = (response: ServerResponse): void => json(response, 200, list(5, thing('a', 1), { odd: true }));
  onWatch: (response: ServerResponse) => void = response => {
    response.writeHead(200).flushHeaders();
  };
  watch: Disposable | undefined;

  constructor(server: ApiServer) {
    this.server = server;
    server.answer = ({ url: text }, response) => {
      const url = new URL(text, server.url);
      if (url.searchParams.get('watch') !== 'true') {
        this.lists++;
        this.onList(response);
        return;
      }
      this.watches.push({ url, response });
      this.onWatch(response);
    };
  }

  async begin(more: object = {}): Promise<void> {
    this.watch = watchList<Thing>({
      api: await this.server.api(),
      path: '/api/v1/things',
      query: { labelSelector: 'a=b' },
      object: Thing,
      onChange: change => this.changes.push(wordsOf(change)),
      onFailure: error => this.failures.push(error),
      ...more,
    });
    const { watch } = this;
    this.server.later(() => watch[Symbol.dispose]());
  }

  say(event: object, at = this.watches.length - 1): void {
    this.watches[at]?.response.write(`${JSON.stringify(event)}\n`);
  }

  async until(what: () => boolean): Promise<void> {
    await eventually(async () => what(), 'the watch went on', 60_000);
  }
}

function wordsOf(change: Change<Thing>): string {
  return change.kind === 'list'
    ? `list ${change.objects.map(({ metadata }) => metadata.name)}`
    : `${change.kind} ${change.object.metadata.name}`;
}

describe('watchList', () => {
  it('lists once, then watches from there on, with bookmarks and an end of 5 to 10 minutes', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin();
    await scene.until(() => scene.watches.length === 1);
    scene.say({ type: 'ADDED', object: thing('b', 6) });
    scene.say({ type: 'MODIFIED', object: thing('b', 7) });
    scene.say({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '8' } } });
    scene.say({ type: 'MODIFIED', object: { metadata: { resourceVersion: '9' } } });
    scene.say({ type: 'DELETED', object: thing('b', 10) });
    await scene.until(() => scene.changes.length === 4);
    assert.deepEqual(scene.changes, ['list a', 'added b', 'modified b', 'deleted b']);
    const asked = Object.fromEntries(scene.watches[0]?.url.searchParams ?? []);
    const seconds = Number(asked.timeoutSeconds);
    assert.ok(seconds >= 300 && seconds <= 600);
    assert.deepEqual(
      [asked.labelSelector, asked.resourceVersion, asked.allowWatchBookmarks],
      ['a=b', '5', 'true'],
    );
    assert.equal(server.seen.length, 2);
  });

  it('goes on from the last version when the server ends the watch as it should, without a list', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin();
    await scene.until(() => scene.watches.length === 1);
    scene.say({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '42' } } });
    scene.watches[0]?.response.end();
    await scene.until(() => scene.watches.length === 2);
    assert.equal(scene.watches[1]?.url.searchParams.get('resourceVersion'), '42');
    assert.deepEqual([scene.lists, scene.failures], [1, []]);
  });

  it('lists anew when its version is too old, whether that is said at once or in the middle', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin();
    await scene.until(() => scene.watches.length === 1);
    scene.say({ type: 'ERROR', object: statusOf(410, 'Expired', 'too old resource version') });
    await scene.until(() => scene.watches.length === 2);
    assert.equal(scene.lists, 2);
    let isFirst = true;
    scene.onWatch = response => {
      if (isFirst) refuse(response, 410, 'Expired');
      else response.writeHead(200).flushHeaders();
      isFirst = false;
    };
    scene.watches[1]?.response.end();
    await scene.until(() => scene.watches.length === 4);
    assert.deepEqual([scene.lists, scene.failures, scene.changes], [3, [], ['list a', 'list a', 'list a']]);
  });

  it('tells of a failure, comes back by itself and lists anew', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin();
    await scene.until(() => scene.watches.length === 1);
    scene.onList = response => response.destroy();
    server.cutAll();
    await scene.until(() => scene.failures.length >= 2);
    scene.onList = response => json(response, 200, list(9, thing('c', 8)));
    await scene.until(() => scene.changes.includes('list c'));
  });

  it('asks less and less often while it fails', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    scene.onList = response => refuse(response, 500, 'InternalError');
    await scene.begin();
    await sleep(4000);
    assert.ok(scene.lists >= 2 && scene.lists <= 5, `${scene.lists} times`);
  });

  it('is not ended by any time limit of its own while nothing happens', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin();
    await sleep(33_000);
    assert.equal(server.seen.length, 2);
    scene.say({ type: 'ADDED', object: thing('late', 6) });
    await scene.until(() => scene.changes.includes('added late'));
  });

  it('asks for metadata only where that is all that is wanted', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin({ isMetadataOnly: true });
    await scene.until(() => scene.watches.length === 1);
    const [first, second] = server.seen.map(({ headers }) => headers.accept);
    assert.match(first ?? '', /as=PartialObjectMetadataList;/);
    assert.match(second ?? '', /as=PartialObjectMetadata;/);
  });

  it('stops when disposed: no word, no connection, no request more', async () => {
    await using server = await ApiServer.start();
    const scene = new Scene(server);
    await scene.begin();
    await scene.until(() => scene.watches.length === 1);
    let isGone = false;
    scene.watches[0]?.response.on('close', () => {
      isGone = true;
    });
    scene.watch?.[Symbol.dispose]();
    await sleep(1500);
    assert.deepEqual([isGone, server.seen.length, scene.failures], [true, 2, []]);
  });
});
