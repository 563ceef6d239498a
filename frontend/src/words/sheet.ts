// The household sheet: what opens the cameras, to print or to keep in a file.
import type { Sheet } from "../backend/types";
import { endWords } from "./household";

export const SHEET = {
  title: (name: string) => `Household sheet: ${name}`,
  keep: "Keep this where only your household finds it. It opens your cameras.",
  key: "Household key",
  keyText:
    "For PiGrid on another computer: Household, then Enter household key. Type it, or take a photo of the code.",
  passwords: "View passwords",
  phone: (name: string) => `Scan this with a phone to watch ${name}.`,
  elsewhere: "Another computer made this password and shows it there.",
  pi: "For this Pi",
  programs: "How programs log in",
  programsText: "Any user name will do. These programs send pictures and passwords unencrypted.",
  cameras: "Cameras",
  print: "Print",
  save: "Save as a file",
  copy: "Copy all of it",
  copyKey: "Copy the household key",
  copyPassword: (name: string) => `Copy the view password ${name}`,
  copyLine: (program: string) => `Copy the line for ${program}`,
  back: "Back",
  qrOfKey: "QR code of the household key",
  qrOfPassword: (name: string) => `QR code of the view password ${name}`,
  loading: "The key is being fetched…",
  copied: "Copied. Other programs on this computer can read it until you copy something else.",
};

/** The sheet as plain text. */
export function sheetText(sheet: Sheet, now: number): string {
  const passwords = sheet.passwords.map(({ name, until, text }) => {
    const end = endWords({ until }, now);
    return `${name}${end === "" ? "" : ` (${end})`}: ${text || SHEET.elsewhere}`;
  });
  const agents = sheet.agents.map(({ name, url }) => `${name}: ${url}`.trim());
  return [
    SHEET.title(sheet.name),
    SHEET.keep,
    "",
    `${SHEET.key}: ${sheet.key}`,
    SHEET.keyText,
    "",
    SHEET.passwords,
    ...passwords,
    "",
    SHEET.cameras,
    ...agents,
    "",
  ].join("\n");
}

/** What its file is called: letters, digits and dashes. */
export function sheetFile(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `pigrid-household-${plain.toLowerCase() || "sheet"}.html`;
}
