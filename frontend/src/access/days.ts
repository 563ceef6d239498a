// Days as <input type="date"> has them, "2026-11-30", in the zone of this computer.

/** The day of a moment, unix milliseconds; "" for 0, never. */
export function dayOf(at: number): string {
  if (at === 0) return "";
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  const year = String(date.getFullYear()).padStart(4, "0");
  return `${year}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last millisecond of a day; 0 for "". */
export function endOf(day: string): number {
  const end = new Date(`${day}T23:59:59.999`).getTime();
  return Number.isNaN(end) ? 0 : end;
}
