import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parsePodPatch, patched } from '../../../../src/engine/kubernetes/podPatch.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';

const base = {
  metadata: { annotations: { a: '1' } },
  spec: {
    hostname: 'web',
    securityContext: { runAsUser: 0, fsGroup: 1 },
    containers: [
      { name: 'workspace', image: 'debian', command: ['/bin/sh', 'boot'], ports: [{ containerPort: 22 }] },
      { name: 'fill-home', image: 'debian' },
    ],
    volumes: [
      { name: 'home', persistentVolumeClaim: { claimName: 'c' } },
      { name: 'shm', emptyDir: {} },
    ],
    tolerations: [{ operator: 'Exists' }],
  },
};
const spec = (more: object) => ({ ...base, spec: { ...base.spec, ...more } });
const [workspace, fill] = base.spec.containers;
const [home] = base.spec.volumes;

/** The same rules are held against a real server in test/integration/kubernetes/manifests.test.ts. */
const table: [string, string, object][] = [
  ['adds a field', 'spec: { hostNetwork: true }', spec({ hostNetwork: true })],
  ['changes a field', 'spec: { hostname: other }', spec({ hostname: 'other' })],
  [
    'takes a field away',
    'spec: { securityContext: { fsGroup: null } }',
    spec({ securityContext: { runAsUser: 0 } }),
  ],
  ['takes away what is not there', 'spec: { dnsConfig: null }', base],
  [
    'adds a key to a map',
    'metadata: { annotations: { b: "2" } }',
    { ...base, metadata: { annotations: { a: '1', b: '2' } } },
  ],
  [
    'merges into the container of that name',
    'spec: { containers: [{ name: workspace, image: other }] }',
    spec({ containers: [{ ...workspace, image: 'other' }, fill] }),
  ],
  [
    'adds a container, before those that it does not name',
    'spec: { containers: [{ name: database, image: postgres }] }',
    spec({ containers: [{ name: 'database', image: 'postgres' }, workspace, fill] }),
  ],
  [
    'adds a container after the one that it names before it',
    'spec: { containers: [{ name: workspace }, { name: database }] }',
    spec({ containers: [workspace, { name: 'database' }, fill] }),
  ],
  [
    'takes a container away',
    'spec: { containers: [{ name: fill-home, $patch: delete }] }',
    spec({ containers: [workspace] }),
  ],
  [
    'replaces a list of named things where it is told to',
    'spec: { volumes: [{ $patch: replace }, { name: home, emptyDir: {} }] }',
    spec({ volumes: [{ name: 'home', emptyDir: {} }] }),
  ],
  [
    'replaces a list of other things',
    'spec: { tolerations: [{ key: a }], containers: [{ name: workspace, command: [sleep] }] }',
    spec({ tolerations: [{ key: 'a' }], containers: [{ ...workspace, command: ['sleep'] }, fill] }),
  ],
  [
    'merges lists within lists',
    'spec: { containers: [{ name: workspace, ports: [{ containerPort: 80 }], env: [{ name: A, value: b }] }] }',
    spec({
      containers: [
        {
          ...workspace,
          ports: [{ containerPort: 80 }, { containerPort: 22 }],
          env: [{ name: 'A', value: 'b' }],
        },
        fill,
      ],
    }),
  ],
  [
    'replaces a map where it is told to',
    'spec: { securityContext: { $patch: replace, runAsUser: 7 } }',
    spec({ securityContext: { runAsUser: 7 } }),
  ],
  [
    'empties a map where it is told to',
    'spec: { securityContext: { $patch: delete } }',
    spec({ securityContext: {} }),
  ],
  [
    'makes a volume one of another kind',
    'spec: { volumes: [{ name: shm, $retainKeys: [name, hostPath], hostPath: { path: /x } }] }',
    spec({ volumes: [home, { name: 'shm', hostPath: { path: '/x' } }] }),
  ],
  [
    'leaves nulls and what has a directive out of what is new',
    'spec: { affinity: { a: null, b: { $patch: replace, x: 1 }, c: { d: null, e: 1 } }, dnsConfig: { $patch: replace } }',
    spec({ affinity: { c: { e: 1 } } }),
  ],
  ['is empty', '{}', base],
  ['is JSON', '{"spec":{"hostNetwork":true}}', spec({ hostNetwork: true })],
  [
    'keeps words that look like dates',
    'metadata: { annotations: { a: 2026-01-02 } }',
    { ...base, metadata: { annotations: { a: '2026-01-02' } } },
  ],
  ['means an alias as what it stands for', 'spec: { a: &a [1], b: *a }', spec({ a: [1], b: [1] })],
  [
    'may have fields with the names of functions',
    'spec: { constructor: [{ a: 1 }], toString: [{ b: 1 }] }',
    spec({ constructor: [{ a: 1 }], toString: [{ b: 1 }] }),
  ],
];

const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(8).fill(`*a${i}`).join(', ')}]`),
].join('\n');
const refused: [string, string][] = [
  ['a word', 'hostNetwork'],
  ['a list', '- a'],
  ['nothing', '# nothing'],
  ['no YAML', 'spec: ['],
  ['two documents', 'a: 1\n---\nb: 2'],
  ['an alias that contains itself', 'spec: &a { b: *a }'],
  ['aliases that stand for very much', bomb],
  ['a number that is none', 'spec: { priority: .nan }'],
  ['a thing without its name', 'spec: { containers: [{ image: x }] }'],
  ['a word among named things', 'spec: { containers: [workspace] }'],
  ['a directive that is none', 'spec: { securityContext: { $patch: merge } }'],
  ['a directive that is none, in a list', 'spec: { containers: [{ name: workspace, $patch: merge }] }'],
  [
    'fields that it says are not to stay',
    'spec: { volumes: [{ name: shm, $retainKeys: [name], hostPath: {} }] }',
  ],
  ['fields to stay that are none', 'spec: { volumes: [{ name: shm, $retainKeys: name }] }'],
];

describe('a pod patch', () => {
  for (const [what, text, expected] of table) {
    it(what, () => {
      const before = JSON.stringify(base);
      assert.deepEqual(JSON.parse(JSON.stringify(patched(base, text))), expected);
      assert.equal(JSON.stringify(base), before);
    });
  }
  for (const [what, text] of refused) {
    it(`is refused: ${what}`, () => {
      assert.throws(
        () => patched(base, text),
        error => isBerthError(error) && error.code === 'invalid' && !error.message.includes('\n'),
      );
    });
  }

  it('is taken or refused in words, whatever is typed', () => {
    const piece = fc.constantFrom(
      ...[
        'spec: ',
        'containers: ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        'name: workspace',
        '$patch: replace',
        '\n',
        '  ',
      ],
      ...[
        'null',
        '&a ',
        '*a',
        '<<: ',
        '!!binary ',
        ': ',
        ', ',
        '__proto__: ',
        'constructor: ',
        '$retainKeys: [name]',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join('')),
    );
    fc.assert(
      fc.property(text, text => {
        try {
          JSON.stringify(patched(base, text));
        } catch (error) {
          assert.ok(isBerthError(error) && error.code === 'invalid', String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('changes no object but the one that comes of it', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    const text =
      '{"__proto__":{"polluted":1},"spec":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"containers":[{"name":"workspace","__proto__":{"polluted":1}}]}}';
    const result = patched(base, text);
    assert.equal(Object.getPrototypeOf(result), Object.prototype);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before);
    assert.doesNotMatch(JSON.stringify(result), /__proto__/);
    assert.deepEqual(Object.keys(parsePodPatch('__proto__: { a: 1 }')), []);
  });
});
