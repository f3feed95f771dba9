/** Is a text an IP address? Without Node, as all of engine/config. */

export function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** RFC 4291 section 2.2: eight groups, one run of zeros as `::`, the last two groups perhaps as an IPv4 address. */
export function isIPv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  // An IPv4 address at the end stands for two groups.
  const endsInIPv4 = last.includes('.') && isIPv4(last) && text.endsWith(last);
  const isGroups = (endsInIPv4 ? groups.slice(0, -1) : groups).every((group) => /^[0-9a-f]{1,4}$/i.test(group));
  const count = groups.length + (endsInIPv4 ? 1 : 0);
  return isGroups && (halves.length === 2 ? count < 8 : count === 8);
}
