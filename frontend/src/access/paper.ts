// The household sheet as a file of its own: what is seen, without buttons.
import style from "./paper.css?raw";

/** The HTML document that shows this element. Names in it are the network's: the DOM escapes them. */
export function documentOf(paper: HTMLElement): string {
  const copy = paper.cloneNode(true) as HTMLElement;
  for (const button of copy.querySelectorAll(".screen")) button.remove();
  for (const one of copy.querySelectorAll("*")) one.removeAttribute("id");
  const title = copy.querySelector("h1")?.textContent ?? "";
  const page = document.implementation.createHTMLDocument(title);
  const encoding = page.createElement("meta");
  encoding.setAttribute("charset", "utf-8");
  page.head.prepend(encoding);
  page.body.append(copy);
  // As text: the page's policy is against style elements, in documents that it makes, too.
  return new XMLSerializer()
    .serializeToString(page)
    .replace("</head>", () => `<style>${style}</style></head>`);
}
