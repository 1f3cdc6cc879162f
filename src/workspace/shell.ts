/** Text as a POSIX shell takes it. */

/** One word of shell that stands for exactly this text: dash, busybox ash and bash read it alike. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same, bare where nothing in it is special: easier to read, and other shells take it too. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : shellQuote(text);
}
