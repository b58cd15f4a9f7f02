/** Senders as desk.yaml names them. */

/** Both in lower case. `@example.com` means the domain and what is below it, never `@notexample.com`. */
export function isFrom(address: string, sender: string): boolean {
  if (!sender.startsWith('@')) return address === sender;
  const domain = address.slice(address.lastIndexOf('@'));
  return address.includes('@') && (domain === sender || domain.endsWith(`.${sender.slice(1)}`));
}
