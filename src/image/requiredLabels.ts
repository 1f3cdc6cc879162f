/** Labels that an image must carry (`berth.image.requiredLabels`). Pure. */

/** Which of them are missing; `required`: 'name', or 'name=value'. */
export function missingLabels(
  labels: Readonly<Record<string, string>>,
  required: readonly string[],
): string[] {
  return required.filter(entry => {
    const at = entry.indexOf('=');
    if (at < 0) return !Object.hasOwn(labels, entry);
    const name = entry.slice(0, at);
    return !Object.hasOwn(labels, name) || labels[name] !== entry.slice(at + 1);
  });
}
