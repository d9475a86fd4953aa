/** All sentences in Chinese, room by room; loaded when Chinese is first asked for. */

import type { SentenceTable } from "../sentences";
import bringing from "./bringing.json";
import entering from "./entering.json";
import errors from "./errors.json";
import jobs from "./jobs.json";
import responses from "./responses.json";
import rules from "./rules.json";
import science from "./science.json";
import trail from "./trail.json";
import verification from "./verification.json";

const ROOMS: SentenceTable[] = [bringing, entering, errors, jobs, responses, rules, science, trail, verification];

export const chinese: SentenceTable = {
  whole: Object.assign({}, ...ROOMS.map((room) => room.whole)),
  within: Object.assign({}, ...ROOMS.map((room) => room.within)),
};
