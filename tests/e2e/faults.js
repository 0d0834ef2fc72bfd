// What is wrong with the page for somebody on a small phone, with a keyboard or with weak eyes. Returns sentences.
() => {
  const faults = [];
  const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const name = (element) => `${element.tagName.toLowerCase()} "${(element.textContent || element.name || "").trim().slice(0, 30)}"`;
  const root = document.documentElement;

  if (root.lang !== "id") faults.push(`language is "${root.lang}"`);
  if (!document.title.trim()) faults.push("no title");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (document.querySelector("script, [onclick], iframe")) faults.push("script or frame on the page");
  if (root.scrollWidth > root.clientWidth) faults.push(`${root.scrollWidth} pixels wide in a window of ${root.clientWidth}`);

  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const words = [...(field.labels || [])].map((label) => label.textContent.trim()).join("") || field.ariaLabel;
    if (!words) faults.push(`no label: ${field.name}`);
    // Phones zoom in on smaller text, and do not zoom out again.
    if (parseFloat(getComputedStyle(field).fontSize) < 16) faults.push(`small text: ${field.name}`);
  }
  for (const target of document.querySelectorAll("button, .button, .tabs a, summary, input:not([type=hidden])")) {
    if (seen(target) && target.getBoundingClientRect().height < 24) faults.push(`small to touch: ${name(target)}`);
  }
  for (const image of document.querySelectorAll("img:not([alt]), svg:not([aria-label]):not(:has(title))")) {
    faults.push(`picture without words: ${name(image)}`);
  }

  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.textContent.trim() || !seen(element) || element.closest("svg, style")) continue;
    const style = getComputedStyle(element);
    const [bright, dark] = [light(colour(style.color)), light(ground(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(1)}: ${name(element)}`);
  }
  return [...new Set(faults)];
};
