import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCatalogue } from '../../../../src/image/catalogue/catalogue.ts';
import { channelNote, channelOf, channelOffers } from '../../../../src/image/catalogue/channels.ts';

const catalogueOf = (
  channels: readonly string[],
  defaultChannel: string,
  ...releases: [string, string[]][]
) =>
  parseCatalogue(
    JSON.stringify({
      channels,
      default_channel: defaultChannel,
      workspaces: releases.map(([version, available_tags], index) => ({
        friendly_name: `Tool ${index}`,
        description: '',
        image_src: 'a.png',
        architecture: ['amd64'],
        compatibility: [{ version, image: `acme/tool:${index}`, available_tags }],
      })),
    }),
  );

describe('the channels that a catalogue offers', () => {
  const catalogue = catalogueOf(
    ['old', 'both', 'new', 'exact'],
    'both',
    ['1.16.x', ['old', 'both']],
    ['1.18.x', ['new', 'both']],
    ['1.17.1', ['exact']],
  );
  const rows: readonly [readonly string[] | undefined, readonly string[], string][] = [
    [undefined, ['old', 'both', 'new', 'exact'], 'all are listed where it does not say'],
    [['1.18.x'], ['both', 'new', '-old', '-exact'], 'one of its releases is enough'],
    [['1.17.x', '1.16.x'], ['old', 'both', 'exact', '-new'], 'an exact release belongs to its family'],
    [['1.17.1'], ['exact', '-old', '-both', '-new'], 'and not the other way round'],
    [[], ['-old', '-both', '-new', '-exact'], 'none is listed'],
  ];
  for (const [versions, expected, why] of rows) {
    it(`with versions ${JSON.stringify(versions)}: ${why}`, () => {
      const offers = channelOffers({ catalogue, ...(versions && { versions }) });
      assert.deepEqual(
        offers.map(({ channel, isListed }) => `${isListed ? '' : '-'}${channel}`),
        expected,
      );
    });
  }

  it('says for which releases each is, the newest first', () => {
    assert.deepEqual(channelOffers({ catalogue, versions: ['1.18.x'] }).map(channelNote), [
      '1.18.x, 1.16.x',
      '1.18.x',
      '1.16.x, not listed any more',
      '1.17.1, not listed any more',
    ]);
  });
});

describe('the channel that counts', () => {
  const copy = { catalogue: catalogueOf(['a', 'b'], 'a', ['1.18.x', ['a', 'b']]) };
  const rows: readonly [string | undefined, string | undefined][] = [
    [undefined, 'a'],
    ['b', 'b'],
    ['gone', 'a'],
  ];
  for (const [channel, expected] of rows) {
    it(`${channel} chosen: ${expected}`, () => assert.equal(channelOf({ channel, copy }), expected));
  }
  it('none before it was read', () => assert.equal(channelOf({ channel: 'b', copy: undefined }), undefined));
});
