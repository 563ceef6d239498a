// How each program logs in to a locked camera, as lines to copy.
import { ffmpegLine, USER } from "./addresses";

export interface Login {
  program: string;
  /** What to do; may be "". */
  does: string;
  /** What to copy or type. */
  line: string;
}

/** The address of something on the page of an agent, with a login in it where that is wanted. */
function address(page: string, path: string, password = ""): string {
  const login = password === "" ? "" : `${USER}:${password}@`;
  return page.replace(
    /^(https?:\/\/)([^/]*)\/?$/,
    (_, scheme, host) => `${scheme}${login}${host}/${path}`,
  );
}

/** How programs log in to the Pi with this page, http://garage.local:8080/. */
export function logins(page: string, password: string): Login[] {
  return [
    {
      program: "A browser",
      does: "Open the page and type the view password. The browser remembers it for 180 days.",
      line: page,
    },
    {
      program: "Home Assistant",
      does: `Add the integration MJPEG IP Camera with this address, the user name ${USER} and the view password.`,
      line: address(page, "video"),
    },
    {
      program: "VLC",
      does: "Media > Open Network Stream:",
      line: address(page, "video", password),
    },
    {
      program: "ffmpeg",
      does: "",
      line: ffmpegLine(address(page, "video", password)),
    },
    {
      program: "OctoPrint, Mainsail, TVs",
      does: "They cannot log in. Put the password into the address:",
      line: address(page, `?action=stream&key=${password}`),
    },
  ];
}

/** What a phone's QR code has: the page takes the password from the part that is never sent. */
export function phoneAddress(page: string, password: string): string {
  return `${page}#v=${password}`;
}
