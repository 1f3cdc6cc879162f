/** 10,000 repositories in a registry: from the opening of its row to the first page, and to the next. */
import { Registries } from '../../src/image/registries.ts';
import { itemOf } from '../../src/views/items.ts';
import type { TreeNode } from '../../src/views/nodes.ts';
import { RegistryRows } from '../../src/views/registryRows.ts';
import { startFake } from '../integration/registry/support/fake.ts';
import { Scene } from '../integration/targets/support/folder.ts';
import { type Benchmark, type Figure, inTurns, timed } from './benchmark.ts';

const count = 10_000;

export const registryBenchmarks: readonly Benchmark[] = [
  { name: 'registry.tree10000.first', measure: () => measured(1) },
  { name: 'registry.tree10000.more', measure: () => measured(2) },
];

/** One that answers at once, page by page: Debian's walks its disk for each page, which is not ours to measure. */
export async function startRegistryOf10000(scene: Scene): Promise<string> {
  const names = Array.from({ length: count }, (_, at) => `team-${at % 100}/image-${at}`);
  const { host } = await startFake(scene, ({ url }, answer) => {
    if (url.pathname !== '/v2/_catalog') return answer(200);
    const [begin, size] = ['last', 'n'].map(name => Number(url.searchParams.get(name) ?? 0));
    const end = (begin ?? 0) + (size ?? 0);
    const link = { link: `</v2/_catalog?n=${size}&last=${end}>; rel="next"` };
    const repositories = names.slice(begin, end);
    answer(200, JSON.stringify({ repositories }), end < count ? link : {});
  });
  return host;
}

/** `page`: which one is measured, those before it are there already. */
async function measured(page: number): Promise<Figure> {
  await using scene = await Scene.make();
  const host = await startRegistryOf10000(scene);
  return await inTurns('ms', 9, async () => {
    using registries = new Registries({
      list: () => [{ host, http: true, repositories: [] }],
      access: {
        credentials: { credentials: async () => undefined },
        network: () => ({ plainHttp: true, env: {} }),
      },
    });
    using rows = new RegistryRows({
      registries,
      problems: () => [],
      userOf: async () => undefined,
      redraw: () => {},
    });
    const [registry] = (await rows.children({ kind: 'group', group: 'registries' })) ?? [];
    if (!registry) throw new Error('there is no registry');
    const draw = async (wanted: number) => {
      const drawn = ((await rows.children(registry)) ?? []).map((node: TreeNode) => itemOf(node, Date.now()));
      if (drawn.length !== wanted * 100 + 1) throw new Error(`${drawn.length} rows were drawn`);
    };
    for (let before = 1; before < page; before++) {
      await draw(before);
      rows.loadMore({ registry: host });
    }
    return await timed(() => draw(page));
  });
}
