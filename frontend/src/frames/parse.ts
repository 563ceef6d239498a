// The body of GET /frames: repeated
// [u32 big-endian n][n bytes JSON {key, seq, ageMs}][u32 big-endian m][m bytes JPEG].

export interface Frame {
  key: string;
  seq: number;
  /** How old the picture was when the Go side answered, milliseconds. */
  ageMs: number;
  jpeg: Uint8Array<ArrayBuffer>;
}

export interface Parsed {
  frames: Frame[];
  /** What was wrong with the rest of the body; "" when nothing was. */
  problem: string;
}

/**
 * Reads every whole frame of an answer. A torn or senseless rest is reported,
 * never thrown: the frames before it are good and are shown.
 */
export function parseFrames(body: ArrayBuffer): Parsed {
  const view = new DataView(body);
  const frames: Frame[] = [];
  let at = 0;
  while (at < body.byteLength) {
    const head = chunk(view, at);
    if (!head) return { frames, problem: `torn header at byte ${at}` };
    const meta = readMeta(head);
    if (!meta) return { frames, problem: `senseless header at byte ${at}` };
    const jpeg = chunk(view, at + 4 + head.byteLength);
    if (!jpeg) return { frames, problem: `torn picture of ${meta.key}` };
    frames.push({ ...meta, jpeg });
    at += 8 + head.byteLength + jpeg.byteLength;
  }
  return { frames, problem: "" };
}

function chunk(view: DataView<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> | null {
  if (at + 4 > view.byteLength) return null;
  const length = view.getUint32(at);
  if (at + 4 + length > view.byteLength) return null;
  return new Uint8Array(view.buffer, at + 4, length);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function readMeta(bytes: Uint8Array<ArrayBuffer>): Omit<Frame, "jpeg"> | null {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { key, seq, ageMs } = value as Record<string, unknown>;
  if (typeof key !== "string" || key === "") return null;
  if (!isCount(seq) || typeof ageMs !== "number" || !(ageMs >= 0)) return null;
  return { key, seq, ageMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
