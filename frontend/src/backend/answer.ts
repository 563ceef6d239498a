// Reads the answer to POST /frames and to each command.
import type { Answer, News } from "./types";

/** Throws when any of it makes no sense: then none of it is to be trusted. */
export function readAnswer(answer: unknown): Answer {
  if (typeof answer !== "object" || answer === null) throw new Error("no object");
  const { number, state, news, result, access, settings, savedAs, saved, heard, history } =
    answer as Partial<Answer>;
  if (!isCount(number)) throw new Error("the state has no number");
  if (!Array.isArray(news)) throw new Error("no list of news");
  if (state !== undefined && !Array.isArray(state.cameras))
    throw new Error("a state without cameras");
  return {
    number,
    news: news.map(readOne),
    ...(state && { state }),
    ...(result && { result }),
    ...(access && { access }),
    ...(settings && { settings }),
    ...(savedAs && { savedAs }),
    ...(saved && { saved }),
    ...(heard && { heard }),
    ...(history && { history }),
  };
}

function readOne(value: unknown): News {
  if (typeof value !== "object" || value === null) throw new Error("an entry is not an object");
  const { key, seq, ageMs } = value as Record<string, unknown>;
  if (typeof key !== "string" || key === "") throw new Error("an entry without key");
  if (!isCount(seq)) throw new Error(`${key}: its number is not a count`);
  if (typeof ageMs !== "number" || !(ageMs >= 0)) throw new Error(`${key}: no age`);
  return { key, seq, ageMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
