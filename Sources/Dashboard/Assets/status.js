// The line at the bottom of the page: why what is shown is not the newest.

const line = document.querySelector('[data-refresh-status]');

/** Shows a text, and a link if it has an address; an empty text hides the line. */
export function say(text, link) {
    if (!line) return;
    const shown = link ? `${text} ${link.text}` : text;
    // Read out only if something changed.
    if (line.dataset.shown === shown) return;
    line.dataset.shown = shown;
    line.textContent = link ? `${text} ` : text;
    if (!link) return;
    const anchor = document.createElement('a');
    anchor.href = link.address;
    anchor.textContent = link.text;
    line.append(anchor);
}

/** A time of day as people read it. */
export const clock = (time) => time.toLocaleTimeString(undefined, { hour12: false });
