// QR codes as the path of an SVG element.
import { encode } from "uqr";

/** White modules around it that scanners need (ISO/IEC 18004). */
const BORDER = 4;

export interface Qr {
  /** Of an SVG path, one unit for each module. */
  path: string;
  /** Width and height with the border, units. */
  size: number;
}

/** The code of a text of at most some hundred characters. */
export function qrOf(text: string): Qr {
  const { data, size } = encode(text, { ecc: "M", border: BORDER });
  const runs = data.flatMap((row, y) => blackRuns(row).map(([x, width]) => run(x, y, width)));
  return { path: runs.join(""), size };
}

/** A row of black modules. */
function run(x: number, y: number, width: number): string {
  return `M${x} ${y}h${width}v1h-${width}z`;
}

/** Where black begins in a row, and how many modules it has. */
function blackRuns(row: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = [];
  for (let x = 0; x < row.length; x++) {
    const last = runs.at(-1);
    if (!row[x]) continue;
    if (last && last[0] + last[1] === x) last[1]++;
    else runs.push([x, 1]);
  }
  return runs;
}
