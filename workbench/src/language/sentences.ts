/** Sentences of the server in another language: whole ones by a table of templates, and parts of them within. */

export interface SentenceTable {
  /** English template with holes {1}, {2}, and what it is in the other language. */
  whole: Record<string, string>;
  /** Parts of sentences, which alone would match too much. */
  within: Record<string, string>;
}

interface Template {
  pattern: RegExp;
  holes: number[];
  told: string;
  literal: number;
}

/** What says a sentence; or a part of one, such as "visit S-01, 2026-03". */
export type Sayer = (sentence: string, asPart?: boolean) => string | null;

const HOLE = /\{(\d+)\}/;
const FILLED = /\{(\d+)([~#!]?)\}/g;
const DEEPEST = 4;
const LONGEST = 2000;
const PARTS = "; ";
const MOST_PARTS = 20;

/**
 * Make what says a sentence in the language of a table; null where no template fits, never half a sentence.
 *
 * In the other language {1} is the text as it came, {1~} is itself said where that is possible, {1!} must be said or
 * empty, and {1#} is the label of the field of that name.
 */
export function sayerOf(table: SentenceTable, label: (name: string) => string | undefined = () => undefined): Sayer {
  const whole = templatesOf(table.whole);
  const within = templatesOf(table.within);

  function filled(template: Template, found: RegExpExecArray, depth: number): string | null {
    const values = new Map(template.holes.map((hole, at) => [hole, found[at + 1] ?? ""]));
    let whole = true;
    const told = template.told.replace(FILLED, (_, hole: string, how: string) => {
      const value = values.get(Number(hole)) ?? "";
      if (how === "" || value === "") return value;
      if (how === "#") return label(value) ?? value;
      const said = part(value, depth + 1);
      if (said === null && how === "!") whole = false;
      return said ?? value;
    });
    return whole ? told : null;
  }

  function matched(table: Record<string, string>, templates: readonly Template[], text: string, depth: number): string | null {
    if (Object.hasOwn(table, text) && !HOLE.test(text)) return table[text] ?? null;
    for (const template of templates) {
      const found = template.pattern.exec(text);
      const told = found && filled(template, found, depth);
      if (told) return told;
    }
    return null;
  }

  function part(text: string, depth: number): string | null {
    if (depth > DEEPEST) return null;
    return parted(text, depth) ?? matched(table.within, within, text, depth) ?? matched(table.whole, whole, text, depth) ?? listed(text);
  }

  /** "TSH, TgAb", where each has a name of its own. */
  function listed(text: string): string | null {
    const parts = text.split(", ").map((each) => (Object.hasOwn(table.within, each) ? table.within[each] : null));
    return parts.length > 1 && parts.every(Boolean) ? parts.join("、") : null;
  }

  function sentence(text: string, depth: number): string | null {
    return parted(text, depth) ?? matched(table.whole, whole, text, depth);
  }

  /** Several that stand in one, where each can be said. */
  function parted(text: string, depth: number): string | null {
    const parts = text.split(PARTS);
    if (parts.length < 2 || parts.length > MOST_PARTS) return null;
    const said = parts.map((each) => part(each, depth + 1));
    return said.every((each) => each !== null) ? said.join("；") : null;
  }

  return (text, asPart = false) => {
    if (text.length > LONGEST) return null;
    return asPart ? part(text, 0) : sentence(text, 0);
  };
}

/** The templates with holes, those of the most words first. */
function templatesOf(table: Record<string, string>): Template[] {
  return Object.entries(table)
    .filter(([english]) => HOLE.test(english))
    .map(([english, told]) => templateOf(english, told))
    .sort((a, b) => b.literal - a.literal);
}

/** A hole that stands twice holds the same text twice. */
function templateOf(english: string, told: string): Template {
  const holes: number[] = [];
  const pieces = english.split(/(\{\d+\})/);
  const pattern = pieces.map((piece) => {
    const hole = HOLE.exec(piece);
    if (!hole) return piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const number = Number(hole[1]);
    if (holes.includes(number)) return `\\${holes.indexOf(number) + 1}`;
    holes.push(number);
    return "(.*?)";
  });
  const literal = pieces.filter((piece) => !HOLE.test(piece)).join("").length;
  return { pattern: new RegExp(`^${pattern.join("")}$`, "s"), holes, told, literal };
}
