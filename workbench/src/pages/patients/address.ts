/** Identifiers of patients in addresses: encoded once, as the server and the browser read them. */

const STOPS = /^~*\.+$/;

/** A part of an address; full stops alone, which would be a step up, have a tilde put before them. */
export function idPath(id: string): string {
  return encodeURIComponent(STOPS.test(id) ? `~${id}` : id);
}

/** The identifier and the part of the page in an address such as /patients/S-01/records. */
export function ofAddress(pathname: string): { id: string; part: string } {
  const [, , segment = "", part = ""] = pathname.split("/");
  const id = decoded(segment);
  return { id: /^~+\.+$/.test(id) ? id.slice(1) : id, part };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; /* a sign of percent that was never encoded */
  }
}
