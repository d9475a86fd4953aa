/** Identifiers of patients in addresses: encoded twice, so that any sign, a slash too, comes through. */

export function idPath(id: string): string {
  if (/^\.+$/.test(id)) return id.replaceAll(".", "%252E");
  return encodeURIComponent(encodeURIComponent(id));
}

/** The identifier and the part of the page in an address such as /patients/S-01/records. */
export function ofAddress(pathname: string): { id: string; part: string } {
  const [, , segment = "", part = ""] = pathname.split("/");
  return { id: decodedTwice(segment), part };
}

function decodedTwice(text: string): string {
  const once = decoded(text);
  return decoded(once);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; /* a sign of percent that was never encoded */
  }
}
