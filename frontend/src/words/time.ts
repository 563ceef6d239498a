// Numbers as people say them.

/** "7 s", "3 min", "2 h", "4 days"; never negative. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} days`;
}

const hourMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** "14:02", "yesterday 14:02", "12 Nov 14:02". */
export function moment(at: number, now: number): string {
  const time = hourMinute.format(at);
  const day = (ms: number) => new Date(ms).toDateString();
  if (day(at) === day(now)) return time;
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day(at) === yesterday.toDateString()) return `yesterday ${time}`;
  return `${dayMonth.format(at)} ${time}`;
}

/** "15", "2.5", "0.2": whole numbers unless the rate is low. */
export function rate(fps: number): string {
  return fps >= 10 ? String(Math.round(fps)) : String(Math.round(fps * 10) / 10);
}
