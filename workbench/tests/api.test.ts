import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, get, getKept } from "../src/api";

/** A server that answers by tags, as RFC 9110 has it; says what it was asked. */
function server(answer: () => { tag: string; data: unknown }): (string | null)[] {
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    const tag = new Headers(init.headers).get("If-None-Match");
    asked.push(tag);
    const now = answer();
    if (tag === now.tag) return new Response(null, { status: 304, headers: { ETag: now.tag } });
    return new Response(JSON.stringify(now.data), { headers: { ETag: now.tag } });
  });
  return asked;
}

describe("what is asked for again and again", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("comes anew only when it has changed", async () => {
    let version = 1;
    const asked = server(() => ({ tag: `"${version}"`, data: { version } }));
    const first = await getKept("/one");
    expect(await getKept("/one")).toBe(first);
    version = 2;
    expect(await getKept("/one")).toEqual({ version: 2 });
    expect(await getKept("/one")).toEqual({ version: 2 });
    expect(asked).toEqual([null, '"1"', '"1"', '"2"']);
  });

  it("is kept for each address alone, and for a bounded number of them", async () => {
    const asked = server(() => ({ tag: '"same"', data: 0 }));
    for (let number = 0; number < 40; number++) await getKept(`/many/${number}`);
    expect(asked.every((tag) => tag === null)).toBe(true);
    await getKept("/many/0");
    expect(asked[40]).toBe(null);
    await getKept("/many/39");
    expect(asked[41]).toBe('"same"');
  });

  it("an answer that nobody asked for by its tag is no answer", async () => {
    vi.stubGlobal("fetch", async () => new Response(null, { status: 304 }));
    await expect(get("/two")).rejects.toBeInstanceOf(ApiError);
  });
});
