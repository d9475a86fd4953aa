/** Calls to the server: JSON and binary, the token against forged requests, errors as sentences. */

export interface Refusal {
  came: string;
  expected: string;
  do: string;
  code: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
  ) {
    super(`${refusal.came}; expected ${refusal.expected}; ${refusal.do}`);
  }
}

const ROOT = "/api/v1";
let csrf = "";
let onSignedOut: () => void = () => undefined;

/** Remember the token that every changing call must carry. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Say what happens when the server no longer knows who we are. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** Of the answer that we have: the server then answers 304 where it would send the same. */
  tag?: string;
  /** What a file that is sent is called where it comes from, with its folders. */
  fileName?: string;
}

export async function call(path: string, { method = "GET", body, signal, tag, fileName }: Call = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (tag) headers["If-None-Match"] = tag;
  if (fileName?.trim()) headers["X-File-Name"] = encodedName(fileName);
  let payload: BodyInit | undefined;
  if (body instanceof FormData || body instanceof Blob) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(ROOT + path, {
      method,
      headers,
      credentials: "same-origin",
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, {
      came: "no answer from the server",
      expected: "a connection",
      do: "wait, and try again: nothing that you typed is lost",
      code: "no_connection",
    });
  }
  if (answer.ok || (tag && answer.status === 304)) return answer;
  const refusal = await readRefusal(answer);
  if (answer.status === 401) onSignedOut();
  throw new ApiError(answer.status, refusal);
}

const MOST_SIGNS = 500;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The name of a file as a header can carry it: the end of a long one, without signs that cannot be seen. */
export function encodedName(name: string): string {
  const signs = [...name].map((sign) => (UNSEEN.test(sign) ? "\ufffd" : sign));
  return encodeURIComponent(signs.slice(-MOST_SIGNS).join(""));
}

async function readRefusal(answer: Response): Promise<Refusal> {
  try {
    const body = (await answer.json()) as { error?: Refusal };
    if (body.error) return body.error;
  } catch {
    /* the body is no JSON: the sentence below says so */
  }
  return {
    came: `an answer ${answer.status} of the server without a reason`,
    expected: "an answer in its form",
    do: "load the page anew, and tell who keeps the server",
    code: "unknown",
  };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await call(path, signal ? { signal } : {})).json()) as T;
}

const MOST_KEPT = 20;
const kept = new Map<string, { tag: string; data: unknown }>();

/** Read JSON that is asked for again and again: it comes anew only when it has changed. Kept in this page alone. */
export async function getKept<T>(path: string, signal?: AbortSignal): Promise<T> {
  const before = kept.get(path);
  const answer = await call(path, { ...(before ? { tag: before.tag } : {}), ...(signal ? { signal } : {}) });
  if (before && answer.status === 304) return before.data as T;
  const data = (await answer.json()) as T;
  const tag = answer.headers.get("ETag");
  kept.delete(path);
  if (tag) kept.set(path, { tag, data });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
  return data;
}

export async function send<T>(method: NonNullable<Call["method"]>, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await call(path, { method, body, ...(signal ? { signal } : {}) });
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

export interface BinaryArray<A> {
  shape: [number, number, number];
  values: A;
  headers: Headers;
}

/** Read a little-endian array with its shape from the headers. */
export async function readInt16(path: string, signal?: AbortSignal): Promise<BinaryArray<Int16Array>> {
  const answer = await call(path, signal ? { signal } : {});
  return { shape: shapeOf(answer), values: new Int16Array(await answer.arrayBuffer()), headers: answer.headers };
}

function shapeOf(answer: Response): [number, number, number] {
  const parts = (answer.headers.get("X-Shape") ?? "").split(",").map(Number);
  if (parts.length !== 3 || parts.some((n) => !Number.isInteger(n) || n < 1))
    throw new Error("an array without its shape");
  return parts as [number, number, number];
}

/** Read an answer with a JSON head (its length first, uint32) and float32 values behind it. */
export async function sendFramed<T>(path: string, body: unknown, signal?: AbortSignal): Promise<{ head: T; values: Float32Array }> {
  const answer = await call(path, { method: "POST", body, ...(signal ? { signal } : {}) });
  return readFramed<T>(await answer.arrayBuffer());
}

/** Part a framed answer; the head is padded so that the values are aligned. */
export function readFramed<T>(octets: ArrayBuffer): { head: T; values: Float32Array } {
  const length = new DataView(octets).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(octets, 4, length))) as T;
  return { head, values: new Float32Array(octets, 4 + length) };
}
