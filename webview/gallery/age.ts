/** How long ago something was, in a language. Pure. */

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Both in ms; `language` is BCP 47; such as 'yesterday' or '3 hours ago'. */
export function age(at: number, now: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language || 'en', { numeric: 'auto' });
  const past = Math.max(0, now - at);
  const [unit, ms] = steps.find(([, ms]) => past >= ms) ?? ['second', 0];
  return words.format(ms === 0 ? 0 : -Math.round(past / ms), unit);
}
