import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { includeEdit, includeLine } from '../../../src/ssh/personConfig.ts';

const place = { home: '/home/dev', folder: '/home/dev/.ssh/berth' };
const line = 'Include berth/*.conf';
const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('includeLine', () => {
  const rows: readonly [home: string, folder: string, expected: string][] = [
    ['/home/dev', '/home/dev/.ssh/berth', line],
    ['/tmp/my 100% home', '/tmp/my 100% home/.ssh/berth', line],
    ['C:\\Users\\A Developer', 'C:\\Users\\A Developer\\.ssh\\berth', line],
    ['/home/dev', '/opt/portable/berth', 'Include "/opt/portable/berth/*.conf"'],
    ['/home/dev', '/mnt/my stick/berth', 'Include "/mnt/my stick/berth/*.conf"'],
    ['C:\\Users\\dev', 'D:\\portable\\berth', 'Include "D:/portable/berth/*.conf"'],
  ];
  for (const [home, folder, expected] of rows) {
    it(`is ${expected} for ${folder}`, () => assert.equal(includeLine({ home, folder }), expected));
  }
});

describe('includeEdit', () => {
  it('makes a file of one line where there is none, or an empty one', () => {
    for (const before of [undefined, bytes('')]) {
      assert.deepEqual(includeEdit(before, place), { kind: 'insert', bytes: bytes(`${line}\n`) });
    }
  });

  const inserted: readonly [sentence: string, text: string][] = [
    ['above the first Host', 'Host foo\n  User me\n'],
    ['above Host *', 'Host *\n  ForwardAgent yes\n'],
    ['above a Match block', 'Match exec "test -e /x"\n  User me\n'],
    ['above comments and blank lines', '\n# mine\n\nHost foo\n'],
    ['without touching a last line that has no end', 'Host foo\n  User me'],
    ['though ours stands below a Host, where it counts for that one alone', `Host foo\n  ${line}\n`],
    ['though ours stands below a Match', `Match all\n${line}\n`],
    ['though ours is commented out', `# ${line}\nHost foo\n`],
    ['though another folder is included', 'Include other/*.conf\nInclude berth/*\n'],
    ['though somebody else’s folder of the same name is', 'Include /home/other/.ssh/berth/*.conf\n'],
  ];
  for (const [sentence, text] of inserted) {
    it(`puts the line ${sentence}`, () => {
      assert.deepEqual(includeEdit(bytes(text), place), { kind: 'insert', bytes: bytes(`${line}\n${text}`) });
    });
  }

  it('ends the line as the file ends its own', () => {
    assert.deepEqual(includeEdit(bytes('Host foo\r\n  User me\r\n'), place), {
      kind: 'insert',
      bytes: bytes(`${line}\r\nHost foo\r\n  User me\r\n`),
    });
  });

  const present = [
    line,
    'include berth/*.conf',
    'INCLUDE   berth/*.conf',
    '\tInclude\tberth/*.conf',
    'Include=berth/*.conf',
    'Include = "berth/*.conf"',
    'Include "berth/*.conf"',
    'Include ~/.ssh/berth/*.conf',
    'Include "~/.ssh/berth/*.conf"',
    'Include %d/.ssh/berth/*.conf',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: ssh's own spelling
    'Include ${HOME}/.ssh/berth/*.conf',
    'Include /home/dev/.ssh/berth/*.conf',
    'Include ./berth//*.conf',
    'Include other.conf berth/*.conf',
    'Include config.d/* "berth/*.conf" more',
    'Include berth/*.conf # Berth',
    `# mine\n\nCompression yes\n${line}`,
    `${line}\r`,
    // Ours counts, however broken the rest is to us.
    `${line}\nHost "open\n`,
  ];
  for (const text of present) {
    it(`finds ${JSON.stringify(text)}`, () => {
      assert.deepEqual(includeEdit(bytes(`${text}\nHost foo\n`), place), { kind: 'present' });
    });
  }

  it('finds it in a Windows home, with either separator', () => {
    const windows = { home: 'C:\\Users\\Dev', folder: 'C:\\Users\\Dev\\.ssh\\berth' };
    for (const text of [line, 'Include C:/Users/Dev/.ssh/berth/*.conf', 'Include ~/.ssh/berth/*.conf']) {
      assert.deepEqual(includeEdit(bytes(`${text}\r\n`), windows), { kind: 'present' });
    }
  });

  it('finds its own line in a home with spaces and %', () => {
    const odd = { home: '/tmp/my 100% home', folder: '/tmp/my 100% home/.ssh/berth' };
    for (const text of [
      line,
      'Include "/tmp/my 100% home/.ssh/berth/*.conf"',
      'Include "~/.ssh/berth/*.conf"',
    ]) {
      assert.deepEqual(includeEdit(bytes(`${text}\n`), odd), { kind: 'present' });
    }
  });

  const left: readonly [sentence: string, content: Buffer, reason: string][] = [
    ['a byte order mark, which ssh cannot read either', Buffer.from('\ufeffHost foo\n'), 'mark'],
    ['UTF-16', Buffer.from('\ufeffHost foo\n', 'utf16le'), 'mark'],
    ['zero bytes', Buffer.from('Host foo\n\0'), 'binary'],
    ['a quote that is never closed', Buffer.from('Host "foo\n'), 'syntax'],
  ];
  for (const [sentence, content, reason] of left) {
    it(`leaves a file with ${sentence} alone`, () => {
      const edit = includeEdit(content, place);
      assert.equal(edit.kind, 'leave');
      assert.equal(edit.kind === 'leave' && edit.reason, reason);
    });
  }

  it('takes a file that is not UTF-8', () => {
    const latin1 = Buffer.from('# Grüße\nHost größe\n', 'latin1');
    assert.deepEqual(includeEdit(latin1, place), {
      kind: 'insert',
      bytes: Buffer.concat([bytes(`${line}\n`), latin1]),
    });
  });

  it('never changes a byte of theirs, and finds its line afterwards', () => {
    const words = fc.constantFrom(
      ...[
        'Host ',
        'Match ',
        'Include ',
        'berth/*.conf',
        '*',
        '"',
        '#',
        '=',
        ' ',
        '\t',
        '\n',
        '\r\n',
        'all',
        '\\',
        '%',
      ],
    );
    const config = fc
      .array(fc.oneof(words.map(bytes), fc.uint8Array({ maxLength: 6 }).map(Buffer.from)), { maxLength: 40 })
      .map(parts => Buffer.concat(parts));
    fc.assert(
      fc.property(config, before => {
        const edit = includeEdit(before, place);
        if (edit.kind !== 'insert') return;
        const after = Buffer.from(edit.bytes);
        assert.ok(after.subarray(after.length - before.length).equals(before));
        assert.match(
          after.subarray(0, after.length - before.length).toString(),
          /^Include berth\/\*\.conf\r?\n$/,
        );
        assert.deepEqual(includeEdit(after, place), { kind: 'present' });
      }),
      { numRuns: 2000 },
    );
  });
});
