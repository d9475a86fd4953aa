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
  /** Holes of a part that stand in no quotes: a name or a number, not a sentence. */
  bare: ReadonlySet<number>;
  /** Holes whose text is said: that of a record begins with its kind. */
  said: number[];
}

/** What says a sentence; or a part of one, such as "visit S-01, 2026-03". */
export type Sayer = (sentence: string, asPart?: boolean, kind?: string) => string | null;

/** The label of a field; the texts beside it, which may begin with a kind of records, say of which. */
export type Labels = (name: string, about: readonly string[]) => string | undefined;

const HOLE = /\{(\d+)\}/;
const FILLED = /\{(\d+)([~#!@=]?)\}/g;
const NUMBER = /^[<>≤≥]?\s?[-+−]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?$/i;
const QUOTED = /'[^']*'|"[^"]*"|“[^”]*”|\([^()]*\)/g;
const UNITS = new Set(["mm", "cm", "cc", "mg", "kg", "ng", "ug", "pg", "mmol", "umol", "nmol", "pmol", "min"]);
const OF_SENTENCES = /(?:^|[\s,;:])(?:is|was|are|were|has|have|had|of|on|in|to|the|a|an|or|not|no|that|which|for|from|by|with|expected)(?=$|[\s,;:.?])/;
const DEEPEST = 4;
const LONGEST = 2000;
const PARTS = "; ";
const MOST_PARTS = 20;

/**
 * Make what says a sentence in the language of a table; null where no template fits, never half a sentence.
 *
 * In the other language {1} is the text as it came, no sentence where it is of a part; {1=} is the same of a number
 * alone; {1~} is itself said, or as it came where it has no words; {1!} must be said or empty; {1@} is said or as it
 * came, whatever a person wrote; and {1#} is the label of the field of that name.
 */
export function sayerOf(table: SentenceTable, label: Labels = () => undefined): Sayer {
  const whole = templatesOf(table.whole);
  const within = templatesOf(table.within, true);
  const both = sorted([...within, ...whole]);

  function filled(template: Template, found: RegExpExecArray, depth: number, kind: string): string | null {
    const values = new Map(template.holes.map((hole, at) => [hole, found[at + 1] ?? ""]));
    const about = [...template.said.map((hole) => values.get(hole) ?? ""), kind];
    let whole = true;
    const told = template.told.replace(FILLED, (_, hole: string, how: string) => {
      const value = values.get(Number(hole)) ?? "";
      if (how === "#") return label(value, about) ?? value;
      if (value === "") return value;
      if (how === "" || how === "=") {
        whole &&= how === "=" ? NUMBER.test(value) : !template.bare.has(Number(hole)) || !OF_SENTENCES.test(unquoted(value));
        return value;
      }
      const said = part(value, depth + 1, kind);
      whole &&= said !== null || how === "@" || (how === "~" && !hasWords(value));
      return said ?? value;
    });
    return whole ? told : null;
  }

  function matched(templates: readonly Template[], text: string, depth: number, kind: string): string | null {
    for (const template of templates) {
      const found = template.pattern.exec(text);
      const told = found && filled(template, found, depth, kind);
      if (told) return told;
    }
    return null;
  }

  function part(text: string, depth: number, kind: string): string | null {
    if (depth > DEEPEST) return null;
    return parted(text, depth, kind) ?? asItStands(table.within, text) ?? asItStands(table.whole, text) ?? matched(both, text, depth, kind) ?? listed(text);
  }

  /** "TSH, TgAb", where each has a name of its own. */
  function listed(text: string): string | null {
    const parts = text.split(", ").map((each) => (Object.hasOwn(table.within, each) ? table.within[each] : null));
    return parts.length > 1 && parts.every(Boolean) ? parts.join("、") : null;
  }

  function sentence(text: string, depth: number, kind: string): string | null {
    return parted(text, depth, kind) ?? asItStands(table.whole, text) ?? matched(whole, text, depth, kind);
  }

  /** Several that stand in one, where each can be said. */
  function parted(text: string, depth: number, kind: string): string | null {
    const parts = text.split(PARTS);
    if (parts.length < 2 || parts.length > MOST_PARTS) return null;
    const said = parts.map((each) => part(each, depth + 1, kind));
    return said.every((each) => each !== null) ? said.join("；") : null;
  }

  return (text, asPart = false, kind = "") => {
    if (text.length > LONGEST) return null;
    return asPart ? part(text, 0, kind) : sentence(text, 0, kind);
  };
}

function asItStands(table: Record<string, string>, text: string): string | null {
  return Object.hasOwn(table, text) && !HOLE.test(text) ? (table[text] ?? null) : null;
}

/** Without what is quoted or in brackets, which is what somebody wrote. */
function unquoted(text: string): string {
  return text.replace(QUOTED, " ");
}

/** Whether there are English words, not only names, numbers and units. */
function hasWords(text: string): boolean {
  const words = unquoted(text).split(/[\s,;:.?]+/);
  return words.some((word) => /^[a-z]{2,}$/.test(word) && !UNITS.has(word));
}

/** The templates with holes, those of the most words first. */
function templatesOf(table: Record<string, string>, part = false): Template[] {
  const templates = Object.entries(table).filter(([english]) => HOLE.test(english));
  return sorted(templates.map(([english, told]) => templateOf(english, told, part)));
}

function sorted(templates: readonly Template[]): Template[] {
  return [...templates].sort((a, b) => b.literal - a.literal);
}

/** A hole that stands twice holds the same text twice. */
function templateOf(english: string, told: string, part: boolean): Template {
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
  const bare = new Set(part ? holes.filter((hole) => !english.includes(`'{${hole}}'`) && !english.includes(`({${hole}})`)) : []);
  const said = [...told.matchAll(FILLED)].filter((each) => each[2] === "~").map((each) => Number(each[1]));
  return { pattern: new RegExp(`^${pattern.join("")}$`, "s"), holes, told, literal, bare, said };
}
