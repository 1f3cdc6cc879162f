import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { baseImages, instructionsOf, readDockerfile } from '../../../src/image/dockerfile.ts';

describe('instructionsOf', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['comments and empty lines', '\uFEFF# syntax=x\n\n  # more\nFROM a\n', ['4 FROM a']],
    ['continued lines', 'RUN a \\\n  && b\nUSER c', ['1 RUN a    && b', '3 USER c']],
    ['comments within them', 'RUN a \\\n# no\n\n  b\nUSER c', ['1 RUN a    b', '5 USER c']],
    ['another escape', '# escape=`\nRUN a `\n b\nRUN c\\\nUSER d', ['2 RUN a   b', '4 RUN c\\', '5 USER d']],
    ['lower case', 'from a\r\nrun b\r\n', ['1 FROM a', '2 RUN b']],
    [
      'here-documents',
      'RUN <<EOF\nFROM x\nEOF\nCOPY <<-"A" <<B /\na\nA\nb\nB\nUSER c',
      ['1 RUN <<EOF', '4 COPY <<-"A" <<B /', '9 USER c'],
    ],
    ['one that never ends', 'RUN <<EOF\nFROM x', ['1 RUN <<EOF']],
    ['a continuation at the end', 'RUN a \\', ['1 RUN a']],
    ['nothing', '', []],
  ];
  for (const [title, text, expected] of rows) {
    it(`reads ${title}`, () => {
      const seen = instructionsOf(text).map(({ line, keyword, rest }) => `${line} ${keyword} ${rest}`);
      assert.deepEqual(seen, expected);
    });
  }
});

describe('readDockerfile', () => {
  const text = `
ARG BASE=debian:12
ARG EMPTY
FROM --platform=\${BUILDPLATFORM} \${BASE} AS Builder
ARG WORD="two words" OTHER='x'
ARG BASE
FROM builder
FROM scratch AS last
FROM ghcr.io/a/b:\${TAG:-1}
FROM $UNKNOWN`;
  const dockerfile = readDockerfile(text);

  it('knows stages and arguments', () => {
    assert.deepEqual(
      dockerfile.stages.map(({ name }) => name),
      ['builder', undefined, 'last', undefined, undefined],
    );
    assert.deepEqual(dockerfile.args, [
      { name: 'BASE', value: 'debian:12' },
      { name: 'EMPTY', value: undefined },
      { name: 'WORD', value: 'two words' },
      { name: 'OTHER', value: 'x' },
    ]);
  });

  it('knows the images that have to be pulled', () => {
    assert.deepEqual(baseImages(dockerfile, {}), ['debian:12', 'ghcr.io/a/b:1']);
    assert.deepEqual(baseImages(dockerfile, { BASE: 'other:1', UNKNOWN: 'c' }), ['other:1', 'ghcr.io/a/b:1']);
  });
});
