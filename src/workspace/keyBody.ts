/** Of an OpenSSH public line what makes it the key that it is: type and base64. Comments do not count. */
export function keyBody(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

/** Its comment, which is the name that people give it; '' where it has none. */
export function keyComment(line: string): string {
  return line.trim().split(/\s+/).slice(2).join(' ');
}
