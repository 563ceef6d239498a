// Fixed sentences of the page itself.

export const NO_APP = {
  title: "This page is the inside of the PiGrid app.",
  text: "Opened by itself it has no cameras to show. Start PiGrid on this computer instead.",
};

export const APP_SILENT = {
  title: "PiGrid is not answering.",
  text: "The window is open, but the part that talks to your cameras does not answer. Trying again. If this stays, close PiGrid and start it again.",
};

/** Installs or upgrades the agent, in the folder of PiGrid's sources. */
export const AGENT_COMMAND = "make pi HOSTS='pi@raspberrypi.local'";

export const PICTURES_STOPPED =
  "Pictures do not arrive from the app right now. Trying again; what you see may be old.";
