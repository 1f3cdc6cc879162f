/** Text that somebody may type or paste into any field, for properties; without NUL, which no setting takes. */
import fc from 'fast-check';

const awkward = [
  `'`,
  `"`,
  '\\',
  '$HOME',
  '`id`',
  '$(id)',
  '\n',
  '\r',
  '\t',
  ' ',
  '#',
  '!',
  '*',
  '~',
  '%s',
  '%d',
  '=',
  ';',
  '&',
  '|',
  '\u0001',
  '\u0081',
  '\u0088',
  'é',
  '漢字',
  '🛶',
  '@berth ready ok',
  "'\\''",
  '\\n',
  '-n',
  '--',
  '$1',
  '$' + '{x}',
];

export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'grapheme', maxLength: 8 })), {
    maxLength: 8,
  })
  .map(parts => wellFormed(parts.join('').replaceAll('\0', '')));

/** As it is after a trip through a file: lone surrogates become U+FFFD. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8');
}
