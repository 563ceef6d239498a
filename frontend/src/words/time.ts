// Numbers as people say them.

/** "7 s", "3 min", "2 h", "4 days" or, in short, "4 d"; never negative. */
export function span(ms: number, short = false): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} ${short ? "d" : "days"}`;
}

/** "14:32", "0:08": minutes and seconds, for what is counted down. */
export function countdown(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

const hourMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const hourMinuteSecond = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** "14:02:31" */
export function clockWithSeconds(at: number): string {
  return hourMinuteSecond.format(at);
}

/** "14:02" */
export function clock(at: number): string {
  return hourMinute.format(at);
}

/** "14:02", "yesterday 14:02", "12 Nov 14:02". */
export function moment(at: number, now: number): string {
  const time = hourMinute.format(at);
  const short = day(at, now);
  return short === time ? time : `${short} ${time}`;
}

/** "14:02" of today, else only "yesterday", "12 Nov". */
export function day(at: number, now: number): string {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  switch (new Date(at).toDateString()) {
    case new Date(now).toDateString():
      return hourMinute.format(at);
    case yesterday.toDateString():
      return "yesterday";
    default:
      return dayMonth.format(at);
  }
}

/** "15", "2.5", "0.2": whole numbers unless the rate is low. */
export function rate(fps: number): string {
  return fps >= 10 ? String(Math.round(fps)) : String(Math.round(fps * 10) / 10);
}
