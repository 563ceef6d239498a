// The answer to POST /frames: JSON [{key, seq, ageMs}].

/** A camera has a frame that the page was not told of. */
export interface News {
  key: string;
  seq: number;
  /** How old the frame was when the Go side answered, milliseconds. */
  ageMs: number;
}

/** Throws when any of it makes no sense: then none of it is to be trusted. */
export function readNews(answer: unknown): News[] {
  if (!Array.isArray(answer)) throw new Error("no list");
  return answer.map(readOne);
}

function readOne(value: unknown): News {
  if (typeof value !== "object" || value === null) throw new Error("an entry is no object");
  const { key, seq, ageMs } = value as Record<string, unknown>;
  if (typeof key !== "string" || key === "") throw new Error("an entry without key");
  if (!isCount(seq)) throw new Error(`${key}: its number is no count`);
  if (typeof ageMs !== "number" || !(ageMs >= 0)) throw new Error(`${key}: no age`);
  return { key, seq, ageMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
