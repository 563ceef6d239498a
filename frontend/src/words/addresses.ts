// Where a camera is for other programs, as lines to copy. docs/CLIENTS.md has the same.
import type { Camera } from "../backend/types";

/** Stands where a view password goes. It is never copied by itself: other programs read what is copied. */
const PASSWORD = "VIEW-PASSWORD";

/** A user name is asked for by most programs; any will do. */
export const USER = "pigrid";

/** The id that Go gives the tile of an agent without a camera. */
const NO_CAMERA = "none";

/** What of a name is safe to stand in a command: it came from the network. */
export const PLAIN_NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

/** host:port of its agent as a URL can have it, or "". */
function hostPort({ address, host }: Camera): string {
  if (!address.includes("%")) return address;
  // No program takes the zone of an IPv6 address in a URL.
  const port = /:\d+$/.exec(address)?.[0] ?? "";
  return PLAIN_NAME.test(host) ? `${host.replace(/\.local$/, "")}.local${port}` : "";
}

/** The same URL without what means something to a shell or to Python. */
function harmless(url: string): string {
  return url.replace(/[\s"'$`\\!<>^]/g, (one) => encodeURIComponent(one).replace("'", "%27"));
}

/** The page of the camera's agent, or the camera itself where it has none; "" when nobody knows. */
export function pageOf(c: Camera): string {
  if (c.url !== "") return c.url;
  const at = hostPort(c);
  return at === "" ? "" : `http://${at}/`;
}

/** Its stream, with a login in it where that is wanted; "" when nobody knows. */
function streamOf(c: Camera, login = ""): string {
  if (c.url !== "") return harmless(c.url);
  const at = hostPort(c);
  const id = c.key.split("/")[1] ?? NO_CAMERA;
  if (at === "" || id === NO_CAMERA) return "";
  return `http://${login}${at}/cameras/${encodeURIComponent(id)}/video`;
}

/** Records the stream without decoding it. */
export function ffmpegLine(url: string): string {
  const input = /[?&*[\];#()|]/.test(url) ? `"${url}"` : url;
  return `ffmpeg -use_wallclock_as_timestamps 1 -i ${input} -c copy recording.mkv`;
}

/** Something to copy for a program. */
export interface Line {
  program: string;
  line: string;
  /** What is said when it is copied. */
  said: string;
}

const LOCKED = `Put a view password in place of ${PASSWORD}. Household (L) shows them.`;
const LOCKED_HASS = `As its user name enter ${USER}, as its password a view password. Household (L) shows them.`;
const HASS = "In Home Assistant, add the integration MJPEG IP Camera with this address.";

/** What programs need to show a camera; none while nobody knows where it is. */
export function linesFor(c: Camera): Line[] {
  if (streamOf(c) === "") return [];
  const locked = c.url === "" && c.access !== "open" && c.access !== "";
  const url = streamOf(c, locked ? `${USER}:${PASSWORD}@` : "");
  return lines(url, streamOf(c), locked ? LOCKED : "", locked ? LOCKED_HASS : "");
}

const RELAYED = "If it asks for a login, enter any name and the view password of this page.";

/** The same through pigrid-serve, whose origin this is: one connection to the camera serves all. */
export function relayedLinesFor(c: Camera, origin: string): Line[] {
  const key = c.key.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":");
  const url = harmless(`${origin}/cameras/${key}/video`);
  return lines(url, url, RELAYED, RELAYED);
}

function lines(url: string, bare: string, note: string, hass: string): Line[] {
  const more = note === "" ? "" : ` ${note}`;
  return [
    { program: "VLC", line: url, said: `Copied. In VLC: Media > Open Network Stream.${more}` },
    {
      program: "ffmpeg",
      line: ffmpegLine(url),
      said: `Copied. It records into recording.mkv.${more}`,
    },
    {
      program: "Home Assistant",
      line: bare,
      said: ["Copied.", HASS, hass].join(" ").trim(),
    },
    { program: "OpenCV", line: `cv2.VideoCapture("${url}")`, said: `Copied.${more}` },
  ];
}
