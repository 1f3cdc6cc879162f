import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { creationNews } from '../../../src/commands/creationNews.ts';

describe('the news of a creation', () => {
  for (const [isStarted, message, commands] of [
    [true, 'otter is ready', ['berth.connect', 'berth.connectNewWindow']],
    [false, 'otter was added', ['berth.start']],
  ] as const) {
    it(`is “${message}” with the next step`, () => {
      const news = creationNews('otter', isStarted);
      assert.equal(news.message, message);
      assert.deepEqual(
        news.steps.map(({ command }) => command),
        commands,
      );
    });
  }
});
