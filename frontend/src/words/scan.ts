// Reading the QR code of a household sheet from a picture.
export const SCAN = {
  button: "Read the QR code of the sheet",
  help: "From a photo or a screenshot.",
  reading: "Looking for the QR code…",
  done: "The key was read from the picture.",
};

/** Why a picture gave no key. */
export type ScanProblem =
  "no-picture" | "too-large" | "unreadable" | "no-code" | "password" | "several" | "other";

export const SCAN_PROBLEMS: Record<ScanProblem, string> = {
  "no-picture": "That is not a picture in PNG, JPEG or WebP.",
  "too-large": "This picture is too large. Choose one of at most 32 MB and 50 megapixels.",
  unreadable: "This picture cannot be read. Its file may be damaged.",
  "no-code":
    "No QR code can be read in this picture. Take another one: sharp, from straight above, with the whole code in it.",
  password:
    "This is the QR code of a view password, for phones. The code of the household key is the first on the sheet.",
  several: "This picture shows more than one household key. Choose one of a single sheet.",
  other: "This QR code is not that of a household sheet.",
};
