/** From the text of a list of 1,000 entries to what a gallery shows of it, each entry reviewed. */
import { parseCatalogue } from '../../src/image/catalogue/catalogue.ts';
import { reviewEntry } from '../../src/image/catalogue/review.ts';
import { type Benchmark, inTurns, timed } from './benchmark.ts';

export const catalogueBenchmarks: readonly Benchmark[] = [
  {
    name: 'catalogue.parse',
    measure: async () => {
      const text = listOf(1000);
      return await inTurns('ms', 9, () =>
        timed(async () => {
          const { entries, unusable } = parseCatalogue(text);
          if (entries.length !== 1000 || unusable.length > 0) throw new Error('entries are missing');
        }),
      );
    },
  },
  {
    name: 'catalogue.review',
    measure: async () => {
      const { entries } = parseCatalogue(listOf(1000));
      return await inTurns('ms', 9, () =>
        timed(async () => {
          const asking = entries.filter(entry => !reviewEntry('https://acme.org/', entry, []).isSettled);
          if (asking.length !== 1000) throw new Error('what has to be allowed was not asked for');
        }),
      );
    },
  },
];

function listOf(count: number): string {
  const workspaces = Array.from({ length: count }, (_, index) => ({
    friendly_name: `Workspace ${index}`,
    description: 'A workspace with everything that one needs for the work that there is to do. '.repeat(3),
    image_src: `workspace-${index}.png`,
    architecture: ['amd64', 'arm64'],
    categories: ['Development', 'Desktop'],
    docker_registry: 'https://index.docker.io/v1/',
    run_config: {
      hostname: 'kasm',
      environment: { A: 'b' },
      cap_add: ['NET_ADMIN'],
      ports: { '6901/tcp': null },
    },
    exec_config: {
      first_launch: { user: 'root', cmd: "bash -c 'true'" },
      go: { cmd: "bash -c 'open $KASM_URL'" },
    },
    notes: '# Notes\n\nSome **words**.',
    cores: 2,
    memory: 2768,
    sha: String(index),
    compatibility: ['1.16.x', '1.17.x', '1.18.x'].map(version => ({
      version,
      image: `kasmweb/workspace-${index}:${version.replace('x', '0')}`,
      uncompressed_size_mb: 2500,
      available_tags: ['develop', version.replace('x', '0'), `${version.replace('x', '0')}-rolling-daily`],
    })),
  }));
  return JSON.stringify({ name: 'Bench', channels: ['develop'], default_channel: 'develop', workspaces });
}
