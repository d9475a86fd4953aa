/** Options of the command line, which the server's sentences name in brackets, for nobody who reads a page. */

const OPTION = / \(--[a-z][a-z-]*\)/g;

export function withoutOptions(sentence: string): string {
  return sentence.includes("(--") ? sentence.replace(OPTION, "") : sentence;
}
